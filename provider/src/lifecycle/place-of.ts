import { ConfigurationError } from "../errors";
import type { Place } from "../rule/place";
import { unknownValue } from "../rule/rule";
import type { Target } from "../settings/settings";

interface Clouds {
  /** The cloud that a target is in. Throws ConfigurationError where the target's settings are wrong. */
  cloud(target: Target): string;
}

/** A bucket that may be in any cloud. */
export const anywhere = (bucket: string): Place => ({ bucket, cloud: "*" });

/** Which bucket a resource means. Where its target isn't known, or is set up wrongly, it may be in any cloud. */
export function placeOf({ bucket, region, connection }: Target & { bucket: string }, clouds: Clouds): Place {
  if (region === unknownValue || connection === unknownValue) return anywhere(bucket);
  try {
    return { bucket, cloud: clouds.cloud({ region, connection }) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return anywhere(bucket);
  }
}

export const placeKey = ({ bucket, cloud }: Place) => `${cloud}/${bucket}`;
