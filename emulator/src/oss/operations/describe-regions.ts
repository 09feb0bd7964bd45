import { OssError } from "../../errors/oss-error";
import { endpointsOf } from "../../requests/addressing";
import { xmlAnswer, type Operation } from "../operation";

const regions =
  `ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-3 ap-southeast-5 ap-southeast-6 ap-southeast-7
  cn-beijing cn-chengdu cn-fuzhou cn-guangzhou cn-hangzhou cn-heyuan cn-hongkong cn-huhehaote cn-nanjing cn-qingdao
  cn-shanghai cn-shenzhen cn-wuhan-lr cn-wulanchabu cn-zhangjiakou eu-central-1 eu-west-1 me-east-1 na-south-1 us-east-1
  us-west-1`.split(/\s+/);

/** The regions that OSS documents, or the one asked for. Buckets can be made in others, too. */
export const describeRegions: Operation = {
  name: "DescribeRegions",
  method: "GET",
  on: "service",
  subresource: "regions",
  handle({ request: { query } }) {
    const asked = query.get("regions") ?? "";
    const found = regions.filter((region) => asked === "" || asked === `oss-${region}`);
    if (found.length === 0) throw new OssError("NoSuchRegion", { Region: asked });
    return xmlAnswer({ RegionInfoList: { RegionInfo: found.map(describe) } });
  },
};

function describe(region: string) {
  const { ExtranetEndpoint, IntranetEndpoint } = endpointsOf(region);
  return {
    Region: `oss-${region}`,
    InternetEndpoint: ExtranetEndpoint,
    InternalEndpoint: IntranetEndpoint,
    AccelerateEndpoint: "oss-accelerate.aliyuncs.com",
  };
}
