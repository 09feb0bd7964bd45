import assert from "node:assert/strict";
import { parseXml } from "../../emulator/src/requests/xml";

const section = (content: string) => `<![CDATA[${content}]]>`;

describe("CDATA sections", () => {
  it("are text, also between other text", () => {
    const document = `<a><b>1${section("<&>")}2${section("")}3${section("]]")}</b></a>`;
    assert.equal(parseXml(document, "a").text("b"), "1<&>23]]");
  });

  it("without an end are refused, and looked for once", () => {
    const document = `<a><b>${section("x")}${"<![CDATA[".repeat(20_000)}</b></a>`;
    const start = process.cpuUsage();
    assert.throws(() => parseXml(document, "a"), { code: "MalformedXML" });
    // Looked for anew each time, it takes a minute.
    assert.ok(process.cpuUsage(start).user < 5_000_000);
  });
});
