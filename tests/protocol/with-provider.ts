import assert from "node:assert/strict";
import { startEmulator, type Emulator, type EncryptionRule } from "oss-emulator";
import { accessTo } from "../../tools/emulator-access";
import { startProvider, type Form, type ProviderProcess } from "../support/provider-process";
import { providerText, type Props } from "../support/verbs";

/** An emulator and a provider process that uses it, from the first test of a suite to the last. */
interface Bench {
  emulator: Emulator;
  provider: ProviderProcess;
  /** Makes a bucket, with a rule or without, and returns its name. */
  bucket: (encryption?: EncryptionRule) => string;
}

/** Stack config that the suites share: one named connection, to the default region. */
export const config = {
  "oss-encryption:connections": JSON.stringify({ finance: { region: "cn-hangzhou" } }),
};

export const aes256: EncryptionRule = { SSEAlgorithm: "AES256" };

/** Inputs as a program's resource gives them: AES256 unless told otherwise. */
export const declared = (bucket: string, more: Props = {}): Props => ({
  bucket,
  sseAlgorithm: "AES256",
  ...more,
  __provider: providerText,
});

/** A suite that holds for the dynamic resource and for the plugin's. */
export function describeForms(title: string, body: (form: Form) => void): void {
  for (const form of ["dynamic", "plugin"] as const) describe(`${title}, ${form}`, () => body(form));
}

/** To be called in a `describe`. */
export function withProvider(form: Form): Bench {
  let buckets = 0;
  const bench = {
    bucket: (encryption?: EncryptionRule) => {
      const name = `protocol-${buckets++}`;
      bench.emulator.createBucket(name, encryption ? { encryption } : {});
      return name;
    },
  } as Bench;
  before(async () => {
    bench.emulator = await startEmulator();
    bench.provider = await startProvider({ form, config, env: accessTo(bench.emulator) });
  });
  afterEach(() => {
    bench.emulator.clearFaults();
    assert.deepStrictEqual(
      bench.emulator.requests.filter(({ bug }) => bug),
      [],
    );
  });
  after(async () => {
    await bench.provider.stop();
    await bench.emulator.close();
  });
  return bench;
}
