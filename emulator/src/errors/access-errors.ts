import type { ErrorCode } from "./error-code";

/** Who are you, and may you? */
export const accessErrors = {
  AbsentAdditionalHeader: {
    status: 400,
    code: "InvalidArgument",
    message: "A header of AdditionalHeaders is missing from the request.",
  },
  AccessDenied: { status: 403, message: "AccessDenied" },
  AccessKeyIdAndSecurityTokenNotMatch: {
    status: 403,
    message: "The access key id and the security token you provided do not match.",
    ec: "0002-00000004",
  },
  AnonymousForbidden: {
    status: 403,
    code: "AccessDenied",
    message: "Anonymous access is forbidden for this operation.",
    ec: "0003-00000905",
  },
  DisabledAccessKeyId: {
    status: 403,
    code: "InvalidAccessKeyId",
    message: "The OSS Access Key Id you provided is disabled.",
    ec: "0002-00000904",
  },
  EmptyAdditionalHeaders: {
    status: 400,
    code: "InvalidArgument",
    message: "Empty AdditionalHeaders in Authorization header.",
    ec: "0002-00000209",
  },
  ForbiddenByPolicy: {
    status: 403,
    code: "AccessDenied",
    message: "Access denied by bucket policy.",
    ec: "0003-00000201",
  },
  ForbiddenBySessionPolicy: {
    status: 403,
    code: "AccessDenied",
    message: "Access denied by authorizer's policy.",
    ec: "0003-00000301",
  },
  ForbiddenListBuckets: {
    status: 403,
    code: "AccessDenied",
    message: "You are forbidden to list buckets.",
  },
  ForbiddenOnObject: {
    status: 403,
    code: "AccessDenied",
    message: "You have no right to access this object because of bucket acl.",
    ec: "0003-00000001",
  },
  ForeignBucket: {
    status: 403,
    code: "AccessDenied",
    message: "The bucket you access does not belong to you.",
    ec: "0003-00000001",
  },
  InvalidAccessKeyId: {
    status: 403,
    message: "The OSS Access Key Id you provided does not exist in our records.",
    ec: "0002-00000902",
  },
  InvalidAuthorization: {
    status: 400,
    code: "InvalidArgument",
    message: "Authorization header is invalid.",
    ec: "0002-00000063",
  },
  InvalidCredential: {
    status: 400,
    code: "InvalidArgument",
    message: "Invalid credential in Authorization header.",
    ec: "0002-00000213",
  },
  InvalidPayloadHash: {
    status: 400,
    code: "InvalidArgument",
    message: "x-oss-content-sha256 must be UNSIGNED-PAYLOAD.",
    ec: "0002-00000214",
  },
  InvalidSecurityToken: {
    status: 403,
    message: "The security token you provided is invalid.",
    ec: "0002-00000006",
  },
  InvalidSigningDate: {
    status: 400,
    code: "InvalidArgument",
    message: "Invalid signing date in Authorization header.",
    ec: "0002-00000212",
  },
  InvalidSigningProduct: {
    status: 400,
    code: "InvalidArgument",
    message: "Invalid signing product in Authorization header.",
    ec: "0002-00000227",
  },
  InvalidSigningRegion: {
    status: 400,
    code: "InvalidArgument",
    message: "Invalid signing region in Authorization header.",
    ec: "0002-00000226",
  },
  MissingDate: {
    status: 403,
    code: "AccessDenied",
    message: "OSS authentication requires a valid Date.",
    ec: "0002-00000503",
  },
  MissingSignature: {
    status: 400,
    code: "InvalidArgument",
    message: "Authorization header is invalid.",
    ec: "0002-00000065",
  },
  RequestExpired: { status: 403, code: "AccessDenied", message: "Request has expired.", ec: "0002-00000236" },
  RequestTimeTooSkewed: {
    status: 403,
    message: "The difference between the request time and the current time is too large.",
    ec: "0002-00000504",
  },
  RequesterMustPay: {
    status: 403,
    code: "AccessDenied",
    message: "Access denied for requester pay bucket",
    ec: "0003-00000703",
  },
  SecurityTokenExpired: {
    status: 403,
    message: "The security token you provided has expired.",
    ec: "0002-00000007",
  },
  SecurityTokenNotSupported: {
    status: 403,
    message: "The access key id you provided does not take a security token.",
    ec: "0002-00000001",
  },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ec: "0002-00000040",
  },
  SigningRegionOfOtherBucket: {
    status: 400,
    code: "InvalidArgument",
    message: "Invalid signing region in Authorization header.",
    ec: "0002-00000228",
  },
  SignatureV1Refused: {
    status: 403,
    code: "AccessDenied",
    message: "The V1 signature is not supported for this account or bucket.",
    ec: "0002-00000080",
  },
  TemporaryKeyWithoutToken: {
    status: 403,
    code: "InvalidAccessKeyId",
    message:
      "The OSS Access Key Id you provided does not exist in our records. The Security Token may be lost, please check your request.",
    ec: "0002-00000003",
  },
  UserDisable: { status: 403, message: "UserDisable", ec: "0003-00000801" },
} satisfies Record<string, ErrorCode>;
