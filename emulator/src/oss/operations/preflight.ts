import { OssError } from "../../errors/oss-error";
import { parseXml, type XmlElement } from "../../requests/xml";
import { bucketOf, type Call, type Operation } from "../operation";

/** What a browser asks before a request to another site: whether the bucket's CORS rules allow it. */
const optionObject = {
  name: "OptionObject",
  method: "OPTIONS",
  action: "oss:GetObject",
  openTo: ["private", "public-read", "public-read-write"],
  handle: answerPreflight,
} as const satisfies Omit<Operation, "on">;

export const preflight: readonly Operation[] = [
  { ...optionObject, on: "bucket" },
  { ...optionObject, on: "object" },
];

function answerPreflight(call: Call) {
  const header = (name: string) => call.request.headers[name]?.toString();
  const origin = header("origin");
  const method = header("access-control-request-method");
  if (origin === undefined) throw new OssError("OriginNeeded");
  if (method === undefined) throw new OssError("RequestMethodNeeded");
  const asked = (header("access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const document = bucketOf(call).documents.get("cors");
  if (document === undefined) throw new OssError("CorsNotEnabled");
  const rule = parseXml(document, "CORSConfiguration")
    .all("CORSRule")
    .find(
      (one) =>
        allows(one, "AllowedOrigin", origin) &&
        allows(one, "AllowedMethod", method) &&
        asked.every((name) => allows(one, "AllowedHeader", name)),
    );
  if (rule === undefined) throw new OssError("CorsForbidden");
  return {
    status: 200,
    headers: {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": rule.texts("AllowedMethod").join(", "),
      ...(asked.length > 0 && { "access-control-allow-headers": asked.join(", ") }),
      ...listed("access-control-expose-headers", rule.texts("ExposeHeader")),
      ...listed("access-control-max-age", rule.texts("MaxAgeSeconds")),
    },
  };
}

function listed(name: string, values: string[]) {
  return values.length > 0 && { [name]: values.join(", ") };
}

/** Whether a rule lists a value; one `*` in it stands for anything. */
function allows(rule: XmlElement, element: string, value: string): boolean {
  return rule.texts(element).some((pattern) => {
    const [start = "", end] = pattern.toLowerCase().split("*", 2);
    const text = value.toLowerCase();
    if (end === undefined) return text === start;
    return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
  });
}
