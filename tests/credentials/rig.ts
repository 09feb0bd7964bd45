import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "oss-emulator";
import { AccountConnections } from "../../provider/src/account-connections";
import type { ConnectionsOptions } from "../../provider/src/connections";
import { engineConfig } from "../support/engine-config";
import { VirtualClock } from "../support/virtual-clock";
import { account, oidcToken, permanent, temporary } from "./identities";

/** What a run is set up with. In values `FILE:x` stands for the path of that file, `URI` for the emulator's credentials URI. */
export interface Setup {
  /** Stack config, as in its YAML. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** Files below the home folder; objects become JSON. */
  files?: Record<string, unknown>;
}

/** A home folder, an emulator that plays OSS, STS and metadata service, and connections that use both. */
export class CredentialsRig {
  /** Environment and files of whoever runs the tests stay unseen. */
  home = "";
  #emulator: Emulator | undefined;
  readonly #open: AccountConnections[] = [];

  constructor(readonly options: EmulatorOptions) {}

  get emulator(): Emulator {
    if (!this.#emulator) throw new Error("The emulator runs during tests only.");
    return this.#emulator;
  }

  async open(): Promise<void> {
    this.home = mkdtempSync(join(tmpdir(), "credentials-"));
    await this.start();
  }

  async close(): Promise<void> {
    for (const connections of this.#open.splice(0)) connections.close();
    await this.#emulator?.close();
    rmSync(this.home, { recursive: true });
  }

  /** Starts the emulator, another one in its place where it runs already. */
  async start(more: EmulatorOptions = {}): Promise<void> {
    await this.#emulator?.close();
    this.#emulator = await startEmulator({
      accounts: [
        { id: account, ...permanent, name: "user/permanent" },
        { id: account, ...temporary, name: "user/temporary" },
      ],
      oidcTokens: [oidcToken],
      ...this.options,
      ...more,
    });
    this.#emulator.createBucket("logs", { encryption: { SSEAlgorithm: "AES256" } });
  }

  fill(text: string): string {
    return text
      .replace(/FILE:([\w.]+)/g, (_, name: string) => join(this.home, name))
      .replace(/^URI$|(?<=")URI(?=")/, this.emulator.credentialsUri);
  }

  write(files: Record<string, unknown>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.home, name)), { recursive: true });
      const text = typeof content === "string" ? content : JSON.stringify(content);
      writeFileSync(join(this.home, name), this.fill(text));
    }
  }

  /** Connections to the emulator for which pauses take no time; closed after the test. */
  connect(
    { config = {}, env = {}, files = {} }: Setup,
    options: ConnectionsOptions = {},
  ): AccountConnections {
    this.write(files);
    const values = this.#filled(
      engineConfig({
        "alicloud:region": "cn-hangzhou",
        "alicloud:endpoints": [{ oss: this.emulator.url, sts: this.emulator.url }],
        ...config,
      }),
    );
    const connections = new AccountConnections((key) => values[key], {
      metadataEndpoint: this.emulator.url,
      clock: new VirtualClock(),
      ...options,
      env: { HOME: this.home, ...this.#filled(env) },
    });
    this.#open.push(connections);
    return connections;
  }

  #filled(values: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.fill(value)]));
  }
}

/** To be called in a `describe`: each test gets a home folder and an emulator of its own. */
export function credentialsRig(options: EmulatorOptions = {}): CredentialsRig {
  const rig = new CredentialsRig(options);
  beforeEach(() => rig.open());
  afterEach(() => rig.close());
  return rig;
}
