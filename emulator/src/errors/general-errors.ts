import type { ErrorCode } from "./error-code";

/** What can happen to any request. */
export const generalErrors = {
  ActiveRequestLimitExceeded: { status: 503, message: "Active request limit is exceeded." },
  CpuLimitExceeded: { status: 503, message: "Cpu limit is exceeded." },
  DownloadTrafficRateLimitExceeded: { status: 503, message: "Download traffic rate limit is exceeded." },
  IncompleteBody: {
    status: 400,
    message: "You did not provide the number of bytes specified by the Content-Length HTTP header.",
  },
  InternalError: { status: 500, message: "Please contact the server administrator, oss@service.aliyun.com." },
  InvalidArgument: { status: 400, message: "The argument is invalid." },
  InvalidDigest: { status: 400, message: "The Content-MD5 you specified was invalid." },
  InvalidEncoding: {
    status: 400,
    code: "InvalidArgument",
    message: "The characters encoding must be utf-8.",
  },
  InvalidURI: { status: 400, message: "Couldn't parse the specified URI." },
  MalformedXML: {
    status: 400,
    message: "The XML you provided was not well-formed or did not validate against our published schema.",
  },
  MetaOperationQpsLimitExceeded: { status: 503, message: "Qps limit for the meta operation is exceeded" },
  MethodNotAllowed: { status: 405, message: "The specified method is not allowed against this resource." },
  NonStandardHostForbidden: {
    status: 403,
    message: "The host you are accessing is neither an OSS endpoint nor a custom domain bound to a bucket.",
  },
  NoSuchRegion: { status: 404, message: "The specified region does not exist." },
  NotImplemented: {
    status: 501,
    message: "A header you provided implies functionality that is not implemented.",
  },
  QpsLimitExceeded: { status: 429, message: "Please reduce your request rate." },
  RequestTimeout: {
    status: 400,
    message:
      "Your socket connection to the server was not read from or written to within the timeout period.",
  },
  SecondLevelDomainForbidden: {
    status: 403,
    message: "The bucket you are attempting to access must be addressed using OSS third level domain.",
  },
  ServiceUnavailable: { status: 503, message: "Thread pool is almost full, please retry later" },
  TotalQpsLimitExceeded: { status: 503, message: "Max total qps limit is exceeded" },
  UploadTrafficRateLimitExceeded: { status: 503, message: "Upload traffic rate limit is exceeded." },
  WrongEndpoint: {
    status: 403,
    code: "AccessDenied",
    message:
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    ec: "0003-00001403",
  },
} satisfies Record<string, ErrorCode>;
