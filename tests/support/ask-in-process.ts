import { run } from "../../tools/run";
import { engineConfig } from "./engine-config";

/** One rule to ask for, and the settings it is asked with. */
export interface Question {
  /** Stack config, as in its YAML. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  target?: { region?: string; connection?: string };
  bucket?: string;
  /** How often, one after the other; default once. */
  times?: number;
}

const script = `
  const { AccountConnections } = require("pulumi-oss-encryption/oss");
  const { questions, metadataEndpoint } = JSON.parse(process.env.QUESTIONS);
  (async () => {
    for (const { config, env = {}, target = {}, bucket = "logs", times = 1 } of questions) {
      const connections = new AccountConnections((key) => config[key], { env, ...(metadataEndpoint && { metadataEndpoint }) });
      try {
        let rule;
        for (let time = 1; time <= times; time++) rule = await connections.client(target).getBucketEncryption(bucket);
        console.log(JSON.stringify(rule ?? null));
      } catch (error) {
        console.log(error.message);
      }
      connections.close();
    }
  })();`;

/**
 * Asks the questions one after the other in a process of its own, since proxies and trust are settled when one starts:
 * a line per question, its rule or what went wrong, and what was printed to stderr.
 */
export async function askInProcess(
  questions: readonly Question[],
  env: Record<string, string>,
  metadataEndpoint?: string,
): Promise<{ lines: string[]; stderr: string }> {
  const ready = questions.map(({ config = {}, ...rest }) => ({ ...rest, config: engineConfig(config) }));
  const { stdout, stderr } = await run(process.execPath, ["-e", script], {
    env: { ...env, QUESTIONS: JSON.stringify({ questions: ready, metadataEndpoint }) },
  });
  return { lines: stdout.trimEnd().split("\n"), stderr };
}
