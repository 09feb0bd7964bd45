import type { dynamic } from "@pulumi/pulumi";
import type { Lifecycle } from "./lifecycle/lifecycle";
import { printable } from "./printable";
import { startLifecycle } from "./start-lifecycle";

/**
 * The provider behind every `BucketEncryption`, for the process that the engine serves dynamic resources from.
 * States refer to this entry by name, so it exists for ever.
 */
export function provider(): dynamic.ResourceProvider {
  let configured: (lifecycle: Promise<Lifecycle>) => void;
  // The SDK's server may pass on calls before it has awaited configure, also where that has failed.
  const lifecycle = new Promise<Lifecycle>((resolve) => (configured = resolve));
  lifecycle.catch(() => undefined);
  return {
    configure: quietly(async ({ config }: dynamic.ConfigureRequest) => {
      // The engine shows what its provider processes print, with the stack's diagnostics.
      const log = (line: string) => console.log(printable(line));
      const starting = Promise.resolve().then(() => startLifecycle((key) => config.get(key), log));
      configured(starting);
      const started = await starting;
      // A preview has no verb after check that could wait for its looks.
      atEnd(() => started.settled());
    }),
    check: quietly(async (olds: object, news: object) => (await lifecycle).check({ ...olds }, { ...news })),
    diff: quietly(async (_id: string, olds: object, news: object) =>
      (await lifecycle).diff({ ...olds }, { ...news }),
    ),
    create: async (props: object) => (await lifecycle).create({ ...props }),
    read: quietly(async (id: string, props: object) => (await lifecycle).read(id, { ...props })),
    update: async (_id: string, olds: object, news: object) =>
      (await lifecycle).update({ ...olds }, { ...news }),
    delete: quietly(async (id: string, props: object) => (await lifecycle).delete(id, { ...props })),
  };
}

/** The engine ends its provider processes with SIGINT, and for five seconds still shows what they say. */
function atEnd(finish: () => Promise<void>): void {
  process.once("SIGINT", () => {
    void finish().finally(() => {
      // The process serves dynamic resources of every kind: another one may want to end it in its own time.
      if (process.listenerCount("SIGINT") === 0) process.exit(130);
    });
  });
}

/** The SDK's server prints an error's stack, but for create and update; what a person needs is in the message. */
function quietly<Args extends unknown[], Result>(verb: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    try {
      return await verb(...args);
    } catch (error) {
      if (error instanceof Error) error.stack = "";
      throw error;
    }
  };
}
