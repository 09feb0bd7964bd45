import { bucketOf, type Operation } from "../operation";

/** Also succeeds where there is no such object. */
export const deleteObject: Operation = {
  name: "DeleteObject",
  method: "DELETE",
  on: "object",
  openTo: ["public-read-write"],
  handle(call) {
    bucketOf(call).objects.delete(call.request.key ?? "");
    return { status: 204 };
  },
};
