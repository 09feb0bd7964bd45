// Which service is asked?

import type { Target } from "../requests/oss-request";
import { ossService } from "../oss/oss-service";
import type { Service } from "../server/service";
import { adminPath } from "./admin-service";
import { credentialsPath, metadataService } from "./metadata-service";
import { rpcService } from "./rpc-service";

/** Says whose request this is: OSS's, unless host, path or parameters say otherwise. */
export function createServiceFinder(admin: Service): (target: Target) => Service {
  const services: readonly { service: Service; serves: (target: Target) => boolean }[] = [
    {
      service: metadataService,
      serves: ({ host, path }) => host === "100.100.100.200" || path === credentialsPath,
    },
    // Only under the emulator's own address: a web page could make a browser ask under another name.
    {
      service: admin,
      serves: ({ host, path }) => path.startsWith(adminPath) && /^(127\.0\.0\.1|localhost)(:|$)/.test(host),
    },
    { service: rpcService, serves: ({ host }) => isRpcHost(host) },
    // STS or KMS under the emulator's own address: an OSS request never has this parameter.
    { service: rpcService, serves: ({ path, search }) => path === "/" && /(?:^|&)Action=/.test(search) },
  ];
  return (target) => services.find(({ serves }) => serves(target))?.service ?? ossService;
}

/** Whether a host name is one of STS or KMS, in any region, public or inside a VPC. */
export function isRpcHost(host: string): boolean {
  return /^(?:sts|kms)(?:-vpc)?(?:\.[a-z0-9-]+)?\.aliyuncs\.com(?::\d+)?$/i.test(host);
}
