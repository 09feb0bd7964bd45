import type { ErrorCode } from "./error-code";

const noSuchUpload =
  "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";

/** Objects and their keys in KMS. */
export const objectErrors = {
  DeleteMarkerNamed: {
    status: 405,
    code: "MethodNotAllowed",
    message: "The specified method is not allowed against this resource.",
  },
  EntityTooLarge: { status: 400, message: "Your proposed upload exceeds the maximum allowed size." },
  EntityTooSmall: { status: 400, message: "Your proposed upload smaller than the minimum allowed size." },
  FileAlreadyExists: {
    status: 409,
    message: "The object you specified already exists and can not be overwritten.",
  },
  InvalidObjectEncryption: {
    status: 400,
    code: "InvalidEncryptionAlgorithmError",
    message: "The encryption algorithm specified is not valid.",
  },
  InvalidObjectName: { status: 400, message: "The specified object is not valid." },
  InvalidObjectState: {
    status: 403,
    message: "The operation is not valid for the object's state",
  },
  InvalidPart: {
    status: 400,
    message:
      "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
  },
  InvalidPartOrder: {
    status: 400,
    message:
      "The list of parts was not in ascending order. Parts list must specified in order by part number.",
  },
  InvalidRange: { status: 416, message: "The requested range cannot be satisfied" },
  InvalidTag: { status: 400, message: "The tags you provided are not valid." },
  InvalidTargetType: {
    status: 409,
    message: "The symbolic's target file type is invalid",
    ec: "0026-00000011",
  },
  KeyDisabled: {
    status: 409,
    message: "The request was rejected because the key state is Disabled.",
    ec: "0005-00000214",
  },
  KeyNotFound: {
    status: 404,
    message: "The specified parameter KMS keyId is not found.",
    ec: "0005-00000208",
  },
  KeyPendingDeletion: {
    status: 409,
    message: "The request was rejected because the key state is PendingDeletion.",
    ec: "0005-00000215",
  },
  MisplacedEncryptionHeader: {
    status: 400,
    code: "InvalidArgument",
    message: "The encryption header is not applicable to this operation.",
    ec: "0005-00000002",
  },
  KmsServiceNotEnabled: {
    status: 403,
    message: "This user does not turn on KMS service.",
    ec: "0005-00000218",
  },
  MirrorFailed: { status: 424, message: "The mirror source failed to answer." },
  NoSuchKey: { status: 404, message: "The specified key does not exist.", ec: "0026-00000001" },
  NoSuchUpload: { status: 404, message: noSuchUpload, ec: "0042-00000002" },
  NoSuchUploadForPart: {
    status: 404,
    code: "NoSuchUpload",
    message: noSuchUpload,
    ec: "0042-00000104",
  },
  NoSuchUploadForPartCopy: {
    status: 404,
    code: "NoSuchUpload",
    message: noSuchUpload,
    ec: "0042-00000311",
  },
  NoSuchVersion: { status: 404, message: "The specified version does not exist." },
  NotSymlink: { status: 400, message: "The object is not symlink" },
  NotModified: { status: 304, message: "Not Modified" },
  OperationNotSupported: {
    status: 400,
    message: "The operation is not supported for this resource",
    ec: "0016-00000702",
  },
  PartNotSequential: {
    status: 400,
    message:
      "For sequential multipart upload, you must upload or complete parts with sequential part number.",
  },
  PartsListedTwice: {
    status: 400,
    code: "InvalidArgument",
    message: "Should not speficy both complete all header and http body.",
    ec: "0042-00000216",
  },
  RestoreAlreadyInProgress: {
    status: 409,
    message: "The restore operation is in progress.",
    ec: "0016-00000701",
  },
  SymlinkTargetNotExist: { status: 404, message: "The symlink target object does not exist" },
  ObjectNotAppendable: { status: 409, message: "The object is not appendable" },
  PositionNotEqualToLength: {
    status: 409,
    message: "Position is not equal to file length",
    ec: "0026-00000016",
  },
  PreconditionFailed: {
    status: 412,
    message: "At least one of the pre-conditions you specified did not hold.",
  },
} satisfies Record<string, ErrorCode>;
