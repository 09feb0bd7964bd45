import type { ErrorCode } from "./error-code";

/** Buckets and their configurations. */
export const bucketErrors = {
  BucketAlreadyExists: {
    status: 409,
    message:
      "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    ec: "0015-00000104",
  },
  BucketNotEmpty: {
    status: 409,
    message: "The bucket has objects. Please delete them first.",
    ec: "0015-00000301",
  },
  CorsForbidden: {
    status: 403,
    code: "AccessForbidden",
    message:
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Requet-Headers are not whitelisted by the resource's CORS spec.",
  },
  CorsNotEnabled: {
    status: 403,
    code: "AccessForbidden",
    message: "CORSResponse: CORS is not enabled for this bucket.",
  },
  AccessMonitorInUse: {
    status: 400,
    code: "InvalidRequest",
    message: "Lifecycle rules rest on the last access time.",
  },
  InvalidBucketName: { status: 400, message: "The specified bucket is not valid.", ec: "0015-00000001" },
  InvalidDataEncryptionAlgorithmError: {
    status: 400,
    message: "The KMS Data Encryption request you specified is not valid. Supported value:SM4",
    ec: "0005-00000203",
  },
  InvalidEncryptionAlgorithmError: {
    status: 400,
    message: "The Encryption request you specified is not valid. Supported value: AES256/SM4/KMS.",
    ec: "0005-00000003",
  },
  InvalidPolicyDocument: { status: 400, message: "The bucket policy document is not valid." },
  InvalidTargetBucketForLogging: {
    status: 400,
    message:
      "The target bucket for logging does not exist, is not owned by you, or does not have the appropriate grants.",
  },
  KeyIdWithoutKms: {
    status: 400,
    code: "InvalidArgument",
    message: "KMSMasterKeyID is not applicable if the default sse algorithm is not KMS",
    ec: "0005-00000204",
  },
  NoSuchBucket: { status: 404, message: "The specified bucket does not exist.", ec: "0015-00000101" },
  NoSuchBucketPolicy: { status: 404, message: "The bucket policy does not exist." },
  NoSuchCORSConfiguration: { status: 404, message: "The CORS Configuration does not exist." },
  NoSuchInventory: { status: 404, message: "The specified inventory configuration does not exist." },
  NoSuchLifecycle: { status: 404, message: "No Row found in Lifecycle Table." },
  NoSuchReplicationConfiguration: {
    status: 404,
    message: "The bucket replication configuration does not exist.",
  },
  NoSuchServerSideEncryptionRule: {
    status: 404,
    message: "The server side encryption configuration was not found.",
    ec: "0005-00000004",
  },
  NoSuchTransferAccelerationConfiguration: {
    status: 404,
    message: "The transfer acceleration configuration does not exist.",
  },
  NoSuchWebsiteConfiguration: {
    status: 404,
    message: "The specified bucket does not have a website configuration.",
  },
  NoSuchWORMConfiguration: { status: 404, message: "The WORM Configuration does not exist." },
  OriginNeeded: {
    status: 400,
    code: "BadRequest",
    message: "Insufficient information. Origin request header needed",
  },
  MixedLifecycleTimes: {
    status: 400,
    code: "InvalidRequest",
    message: "Found mixed CreatedBeforeDate and Days based Expiration and Transition actions",
    ec: "0014-00000080",
  },
  OverlappingRules: { status: 400, code: "InvalidRequest", message: "Overlap for same action type" },
  RequestMethodNeeded: {
    status: 400,
    code: "BadRequest",
    message: "Insufficient information. Request Access-Control-Request-Method header needed",
  },
  TransitionsOutOfOrder: {
    status: 400,
    code: "InvalidArgument",
    message: "Objects must move to colder storage classes with time.",
  },
  TooManyBuckets: { status: 400, message: "You have attempted to create more buckets than allowed." },
} satisfies Record<string, ErrorCode>;
