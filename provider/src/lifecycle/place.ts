import { ConfigurationError } from "../errors";
import { unknownValue } from "../rule/rule";
import { anyCloud, mayBeSameCloud } from "../settings/cloud";
import type { Target } from "../settings/settings";
import type { LifecycleOptions } from "./options";

/** A bucket and the cloud that its name is unique in. */
export interface Place {
  bucket: string;
  cloud: string;
}

/** A bucket that may be in any cloud. */
export const anywhere = (bucket: string): Place => ({ bucket, cloud: anyCloud });

/** Which bucket a resource means. Where its target isn't known, or is set up wrongly, it may be in any cloud. */
export function placeOf(
  { bucket, region, connection }: Target & { bucket: string },
  connections: Pick<LifecycleOptions["connections"], "cloud">,
): Place {
  if (region === unknownValue || connection === unknownValue) return anywhere(bucket);
  try {
    return { bucket, cloud: connections.cloud({ region, connection }) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return anywhere(bucket);
  }
}

export const placeKey = ({ bucket, cloud }: Place) => `${cloud}/${bucket}`;

/** Whether clouds that may be one are taken for one: an address that leads to another one's cloud is a mere possibility. */
export const isLikelyOne = (a: string, b: string): boolean => a === b || [a, b].includes(anyCloud);

/** Whether two places may be one and the same bucket. In doubt they are, so that nothing removes a declared rule. */
export const mayBeSame = (a: Place, b: Place): boolean =>
  a.bucket === b.bucket && mayBeSameCloud(a.cloud, b.cloud);
