import * as grpc from "@grpc/grpc-js";

/** Answers a call with what a function returns, or with its error as the official host does: code UNKNOWN and the text. */
export function handleUnary<Request, Response>(
  answer: (call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(statusOf(error)),
      );
  };
}

/** As {@link handleUnary}, for a function that writes to the call until it is done. */
export function handleStream<Request, Response>(
  serve: (call: grpc.ServerWritableStream<Request, Response>) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    serve(call).then(
      () => call.end(),
      (error: unknown) => call.emit("error", statusOf(error)),
    );
  };
}

function statusOf(error: unknown): { code: grpc.status; details: string } {
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}
