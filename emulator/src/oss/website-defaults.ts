import { OssError } from "../errors/oss-error";
import { parseXml } from "../requests/xml";

/** @throws OssError MalformedXML for a rule without a number, or for a mirror without a source */
export function checkWebsite(body: string): void {
  const rules = parseXml(body, "WebsiteConfiguration").child("RoutingRules")?.all("RoutingRule") ?? [];
  for (const rule of rules) {
    const redirect = rule.child("Redirect");
    const hasNumber = /^[1-9]\d*$/.test(rule.text("RuleNumber") ?? "");
    const isMirror = redirect?.text("RedirectType") === "Mirror";
    if (!hasNumber || (isMirror && !redirect.text("MirrorURL"))) throw new OssError("MalformedXML");
  }
}

/** What a redirect to the source of a mirror does where its rule says nothing, by element. */
const defaults = {
  PassQueryString: false,
  MirrorPassQueryString: false,
  MirrorFollowRedirect: true,
  MirrorCheckMd5: false,
};

/** Writes the defaults of redirects into a website configuration, as OSS gives it back. */
export function completeWebsite(body: string): string {
  return body.replace(/<Redirect>[\s\S]*?<\/Redirect>/g, completeRedirect);
}

function completeRedirect(redirect: string): string {
  const missing = Object.entries(defaults).filter(([name]) => !redirect.includes(`<${name}>`));
  const added = missing.map(([name, value]) => `<${name}>${String(value)}</${name}>`).join("");
  const complete = redirect
    .replace("</Redirect>", `${added}</Redirect>`)
    .replace(/<MirrorHeaders>(?![\s\S]*<PassAll>)/, "<MirrorHeaders><PassAll>false</PassAll>");
  if (!complete.includes("<RedirectType>Mirror<")) return complete;
  // A mirror has one switch for the query string, under two names.
  const [, passes = "false"] = /<MirrorPassQueryString>(\w+)</.exec(complete) ?? [];
  return complete.replace(/<PassQueryString>\w+</, `<PassQueryString>${passes}<`);
}
