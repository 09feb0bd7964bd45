/** A bucket and the cloud that its name is unique in; `*`: any cloud. */
export interface Place {
  bucket: string;
  cloud: string;
}

/** Whether two places may be one and the same bucket. In doubt they are, so that nothing removes a declared rule. */
export const mayBeSame = (a: Place, b: Place): boolean =>
  a.bucket === b.bucket && (a.cloud === b.cloud || a.cloud === "*" || b.cloud === "*");
