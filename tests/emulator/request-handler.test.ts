import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { createState } from "../../emulator/src/create-state";
import { handleRequest } from "../../emulator/src/server/request-handler";
import type { Service } from "../../emulator/src/server/service";

describe("a request whose client leaves before the answer", () => {
  it("is logged and counted as dropped, without a status", async () => {
    const certificateAuthority = () => Promise.resolve("");
    const state = createState({}, { closing: new AbortController().signal, certificateAuthority });
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    client.write("GET /?bucketInfo HTTP/1.1\r\nHost: logs.oss-cn-hangzhou.aliyuncs.com\r\n\r\n");
    const [message, response] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
    const service: Service = {
      understand: (_state, _message, _target, entry) => {
        entry.operation = "GetBucketInfo";
        return { operation: "GetBucketInfo", run: leave };
      },
      refuse: ({ status }) => ({ status }),
    };
    const leave = async () => {
      client.destroy();
      await once(response, "close");
      return { status: 200 };
    };
    await handleRequest(state, () => service, message, response);
    server.close();
    assert.deepEqual(
      state.log.entries.map(({ status, dropped }) => [status, dropped]),
      [[0, true]],
    );
    assert.deepEqual([...state.log.counts], [["GetBucketInfo", 1]]);
  });
});
