import { OssError } from "../errors/oss-error";
import { parseXml, type XmlElement } from "../requests/xml";
import { isTagText } from "./tags";

/** What a rule does to the objects under its prefix. */
const actions = ["Expiration", "Transition", "AbortMultipartUpload", "NoncurrentVersionExpiration"];

/** Storage classes in the order in which objects may move through them. */
const classes = ["IA", "Archive", "ColdArchive", "DeepColdArchive"];

/**
 * Checks the rules of a bucket's lifecycle. Nothing carries them out.
 *
 * @param overlap whether two rules may do the same to the same objects
 * @throws OssError MalformedXML, InvalidArgument or InvalidRequest
 */
export function checkLifecycle(body: string, overlap: boolean): void {
  const rules = parseXml(body, "LifecycleConfiguration").all("Rule");
  if (rules.length === 0 || !rules.every(isRule)) throw new OssError("MalformedXML");
  const clashes = rules.flatMap((rule, index) =>
    rules.slice(index + 1).flatMap((other) => collide(rule, other)),
  );
  const [clash] = clashes;
  if (clash && !overlap) {
    throw new OssError("OverlappingRules", {}, `Overlap for same action type ${clash.action}`);
  }
  for (const rule of rules) checkSteps(rule);
  if (!clashes.every((one) => isGoingDown(one.rules, "Transition", "Days"))) {
    throw new OssError("TransitionsOutOfOrder");
  }
}

function isRule(rule: XmlElement): boolean {
  const status = rule.text("Status");
  const steps = actions.flatMap((action) => rule.all(action));
  return (status === "Enabled" || status === "Disabled") && steps.every(isStep);
}

function isStep(step: XmlElement): boolean {
  const days = step.texts("Days");
  const dates = [...step.texts("CreatedBeforeDate"), ...step.texts("Date")];
  return (
    days.every((text) => /^[1-9]\d*$/.test(text)) && dates.every((text) => !Number.isNaN(Date.parse(text)))
  );
}

function checkSteps(rule: XmlElement): void {
  const tags = rule.all("Tag").flatMap((tag) => [tag.text("Key") ?? "", tag.text("Value") ?? ""]);
  if (!tags.every(isTagText)) throw new OssError("InvalidTag");
  const expiration = rule.child("Expiration");
  const transitions = rule.all("Transition");
  if (expiration?.text("CreatedBeforeDate") && transitions.some((one) => one.text("Days"))) {
    throw new OssError("MixedLifecycleTimes");
  }
  const end = Number(expiration?.text("Days") ?? Infinity);
  const inTime = transitions.every((one) => Number(one.text("Days") ?? 0) < end);
  const isKnown = transitions.every((one) => classes.includes(one.text("StorageClass") ?? ""));
  const noncurrent = isGoingDown([rule], "NoncurrentVersionTransition", "NoncurrentDays");
  if (!inTime || !isKnown || !noncurrent || !isGoingDown([rule], "Transition", "Days")) {
    throw new OssError("TransitionsOutOfOrder");
  }
}

/** Whether what happens to the same objects moves them to ever colder classes. */
function isGoingDown(rules: readonly XmlElement[], action: string, time: string): boolean {
  const steps = rules.flatMap((rule) => rule.all(action)).filter((one) => one.text(time) !== undefined);
  const times = classes.map((name) =>
    steps.filter((one) => one.text("StorageClass") === name).map((one) => Number(one.text(time))),
  );
  return times.every((own, index) => Math.max(...own) < Math.min(...times.slice(index + 1).flat()));
}

/** What two rules both do to the same objects. */
function collide(one: XmlElement, other: XmlElement): { action: string; rules: XmlElement[] }[] {
  const [prefix = "", otherPrefix = ""] = [one.text("Prefix"), other.text("Prefix")];
  const nested = prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix);
  const narrowed = [one, other].some((rule) => rule.all("Tag").length > 0 || rule.all("Filter").length > 0);
  if (!nested || narrowed) return [];
  const shared = actions.filter((name) => one.all(name).length > 0 && other.all(name).length > 0);
  return shared.map((action) => ({ action, rules: [one, other] }));
}
