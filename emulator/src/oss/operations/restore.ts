import type { OutgoingHttpHeaders } from "node:http";
import { OssError } from "../../errors/oss-error";
import { parseXml } from "../../requests/xml";
import type { StoredObject } from "../../store/object-versions";
import { bucketOf, findObject, versionHeader, type Operation } from "../operation";

const minute = 60 * 1000;
const day = 24 * 60 * minute;

/** Storage classes whose objects can be read only after a restore, and how long that takes. */
const archives = new Map([
  ["Archive", minute],
  ["ColdArchive", 60 * minute],
  ["DeepColdArchive", 12 * 60 * minute],
]);

const priorities = ["Expedited", "Standard", "Bulk"];

/** Asks for an archived object, which can be read after a while, for some days. */
export const restoreObject: Operation = {
  name: "RestoreObject",
  method: "POST",
  on: "object",
  subresource: "restore",
  async handle(call) {
    const object = findObject(call);
    const duration = archives.get(object.storageClass);
    if (duration === undefined) throw new OssError("OperationNotSupported");
    const { days, tier } = readRequest(await call.body.text(), object.storageClass !== "Archive");
    const { restored } = object;
    if (restored && call.now < restored.from.getTime()) throw new OssError("RestoreAlreadyInProgress");
    const isReadable = restored !== undefined && call.now < restored.until.getTime();
    const from = isReadable ? restored.from.getTime() : call.now + duration;
    object.restored = { from: new Date(from), until: new Date(Math.max(from, call.now) + days * day) };
    return {
      status: isReadable ? 200 : 202,
      headers: {
        ...versionHeader(bucketOf(call), object),
        ...(tier !== undefined && { "x-oss-object-restore-priority": tier }),
      },
    };
  },
};

/** @param tiers whether the storage class has fast and slow restores */
function readRequest(body: string, tiers: boolean): { days: number; tier: string | undefined } {
  const request = body.trim() === "" ? undefined : parseXml(body, "RestoreRequest");
  const job = request?.child("JobParameters");
  const days = request?.text("Days") ?? "1";
  if (!/^\d{1,3}$/.test(days) || (job && !tiers)) throw new OssError("MalformedXML");
  const tier = tiers ? (job?.text("Tier") ?? "Standard") : undefined;
  if (tier !== undefined && !priorities.includes(tier)) {
    throw new OssError("InvalidArgument", { ArgumentName: "Tier", ArgumentValue: tier });
  }
  return { days: Math.max(Number(days), 1), tier };
}

/** @throws OssError InvalidObjectState for an archived object that nobody has restored */
export function checkReadable({ storageClass, restored }: StoredObject, now: number): void {
  if (!archives.has(storageClass)) return;
  if (!restored || now < restored.from.getTime() || now >= restored.until.getTime()) {
    throw new OssError("InvalidObjectState");
  }
}

/** How far a restore is. */
export function restoreHeader({ restored }: StoredObject, now: number): OutgoingHttpHeaders {
  if (restored === undefined || now >= restored.until.getTime()) return {};
  const until = `ongoing-request="false", expiry-date="${restored.until.toUTCString()}"`;
  return { "x-oss-restore": now < restored.from.getTime() ? 'ongoing-request="true"' : until };
}
