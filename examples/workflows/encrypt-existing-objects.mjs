// Encrypts objects from before the bucket's default rule: copies each onto itself, with all that it has beside its data.
//   node encrypt-existing-objects.mjs BUCKET          says what would be copied
//   node encrypt-existing-objects.mjs BUCKET --yes    copies
import OSS from "ali-oss";

const [bucket, yes] = process.argv.slice(2);
if (!bucket || (yes && yes !== "--yes")) {
  console.error("usage: node encrypt-existing-objects.mjs BUCKET [--yes]");
  process.exit(2);
}

const client = new OSS({
  bucket,
  region: `oss-${process.env.OSS_REGION}`,
  endpoint: process.env.OSS_ENDPOINT,
  accessKeyId: process.env.OSS_ACCESS_KEY_ID,
  accessKeySecret: process.env.OSS_ACCESS_KEY_SECRET,
  stsToken: process.env.OSS_SESSION_TOKEN,
  authorizationV4: true,
});

const method = "x-oss-server-side-encryption";
const keyId = "x-oss-server-side-encryption-key-id";
// What a copy onto itself would lose: OSS keeps the tags, and takes everything else from the request.
const kept =
  /^(x-oss-meta-.*|x-oss-storage-class|content-(type|encoding|language|disposition)|cache-control|expires)$/;

/** Why an object stays as it is; undefined: it can be copied. */
function obstacle(headers) {
  const type = headers["x-oss-object-type"];
  if (type === "Symlink") return "a link: what it points to is encrypted by itself";
  if (type === "Appendable") return "appendable: a copy would take no more appends";
  const archived = /Archive/.test(headers["x-oss-storage-class"] ?? "");
  if (archived && !/ongoing-request="false"/.test(headers["x-oss-restore"] ?? "")) {
    return `${headers["x-oss-storage-class"]}: restore it first`;
  }
  return undefined;
}

async function encrypt(name, rule) {
  const { headers } = (await client.head(name)).res;
  const isEncrypted =
    headers[method] === rule.SSEAlgorithm && (!rule.KMSMasterKeyID || headers[keyId] === rule.KMSMasterKeyID);
  if (isEncrypted) return "encrypted";
  const reason = obstacle(headers);
  if (reason) return `left: ${reason}`;
  if (!yes) return "would be copied";
  const { acl } = await client.getACL(name);
  await client.copy(name, name, {
    headers: {
      ...Object.fromEntries(Object.entries(headers).filter(([header]) => kept.test(header))),
      "x-oss-object-acl": acl,
      // Somebody else's upload in between is not undone.
      "x-oss-copy-source-if-match": headers.etag,
    },
  });
  const copied = (await client.head(name)).res.headers[method];
  return copied === rule.SSEAlgorithm ? "copied" : `left: still ${copied ?? "not encrypted"} after the copy`;
}

const { encryption } = await client.getBucketEncryption(bucket);
let token;
do {
  const page = await client.listV2({ "max-keys": "1000", ...(token && { "continuation-token": token }) });
  for (const { name } of page.objects ?? []) {
    const outcome = await encrypt(name, encryption).catch((error) => `left: ${error.code ?? error.name}`);
    console.log(`${outcome}\t${JSON.stringify(name)}`);
    if (outcome.startsWith("left")) process.exitCode = 1;
  }
  token = page.nextContinuationToken;
} while (token);
