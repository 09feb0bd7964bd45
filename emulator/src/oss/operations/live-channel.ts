import { xmlAnswer, type Operation } from "../operation";

/** The listing that clean-up code asks for. There are no live channels. */
export const listLiveChannel: Operation = {
  name: "ListLiveChannel",
  method: "GET",
  on: "bucket",
  subresource: "live",
  partial: true,
  handle({ request: { query } }) {
    return xmlAnswer({
      ListLiveChannelResult: {
        Prefix: query.get("prefix") ?? "",
        Marker: query.get("marker") ?? "",
        MaxKeys: query.get("max-keys") ?? "100",
        IsTruncated: false,
        NextMarker: "",
      },
    });
  },
};
