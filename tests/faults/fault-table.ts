import type { Fault } from "oss-emulator";

/** What becomes of one operation. `tries` counts how often the request that the fault hits was sent. */
export type Outcome =
  /** It succeeds; `found`: because the write, whose answers were all lost, is found to have been carried out. */
  | { tries: number; found?: true }
  /** It fails with a sentence that contains `error`. */
  | { tries: number; error: string }
  /** Read: the resource is gone, or shows the earlier rule. */
  | { tries: 1; read: "gone" | "the earlier rule" };

/** Which request a fault hits: the PUT of create and update, their reading back, the GET of read, the DELETE of delete. */
export const columns = ["write", "confirm", "read", "delete"] as const;
export type Column = (typeof columns)[number];

/** The outcome where the fault hits one request, and where it stays. */
type Pair = readonly [once: Outcome, lasting: Outcome];

export interface Row {
  name: string;
  /** What the emulator is told; without `operation`, `bucket` and `times`. */
  fault?: Fault;
  /** What is wrong with the way to OSS. */
  way?: "closed port" | "untrusted certificate" | "another region";
  config?: Record<string, string>;
  /** A column may be absent where the fault means nothing to it. */
  outcomes: Partial<Record<Column, Pair>>;
  /** What becomes of the PUT of a create, where that differs from the PUT of an update. */
  create?: Pair;
}

/** On the machine's clock, and the limit of what must succeed as well: long enough for a machine with too much to do. */
const shortLimit = { "alicloud:clientReadTimeout": "10000" };

const fewTries = 5;
/** Pauses of 0.1, 0.2 … 6.4 and then 10 s, as long as a minute covers them. */
const patientTries = 12;

const ok = (tries = 1): Outcome => ({ tries });
const both = (outcome: Outcome): Pair => [outcome, outcome];
const atOnce = (error: string): Pair => both({ error, tries: 1 });
const every = (pair: Pair) => ({ write: pair, confirm: pair, read: pair, delete: pair });
const few = (error: string): Pair => [ok(2), { error, tries: fewTries }];
const patient = (error: string): Pair => [ok(2), { error, tries: patientTries }];
/** Reading back happens at once and then after 0.25, 0.5, 1, 2, 4, 8, 8 … s. */
const notConverged: Outcome = { error: "OSS accepted the default rule of bucket", tries: 12 };
const found: Outcome = { tries: fewTries, found: true };
const foundAtOnce = both({ tries: 1, found: true });
/** A bucket that was created a moment ago may not be shown yet: asked again after 0.25, 0.5, 1, 2 and 4 s. */
const notVisible: Outcome = { error: "failed: 404 NoSuchBucket", tries: 6 };

/** A 200 that OSS did not send: nothing to be retried. For a PUT only reading back tells it from a true one. */
const strange = (body: string | Uint8Array, what: string): Pick<Row, "fault" | "outcomes"> => {
  const reading = atOnce(`the answer has status 200 and ${what}`);
  const deleting = atOnce("the answer has status 200 and ");
  return {
    fault: { answer: { body } },
    outcomes: {
      write: both({ ...notConverged, tries: 1 }),
      confirm: reading,
      read: reading,
      delete: deleting,
    },
  };
};

const html = "<html><body><p>Sign in</p></body></html>";
const rule =
  "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>";

export const faultTable: readonly Row[] = [
  {
    name: "400 RequestTimeout",
    fault: { answer: { code: "RequestTimeout" } },
    outcomes: every(few("failed: 400 RequestTimeout")),
  },
  {
    name: "403 AccessDenied",
    fault: { answer: { code: "AccessDenied" } },
    outcomes: every(atOnce("failed: 403 AccessDenied")),
  },
  {
    name: "403 wrong endpoint, naming the right one",
    way: "another region",
    outcomes: { write: both(ok(2)), read: both(ok(2)), delete: both(ok(2)) },
  },
  {
    name: "403 wrong endpoint, naming none of OSS's",
    fault: { answer: { code: "WrongEndpoint", details: { Endpoint: "oss.example.com" } } },
    outcomes: every(
      atOnce("The bucket is served by oss.example.com: set the resource's or the connection's region"),
    ),
  },
  {
    name: "404 NoSuchBucket",
    fault: { answer: { code: "NoSuchBucket" } },
    outcomes: {
      write: atOnce("failed: 404 NoSuchBucket"),
      confirm: [ok(2), notConverged],
      read: both({ tries: 1, read: "gone" }),
      delete: both(ok()),
    },
    create: [ok(2), notVisible],
  },
  {
    name: "404 NoSuchServerSideEncryptionRule",
    fault: { answer: { code: "NoSuchServerSideEncryptionRule" } },
    outcomes: {
      write: atOnce("failed: 404 NoSuchServerSideEncryptionRule"),
      confirm: [ok(2), notConverged],
      read: both({ tries: 1, read: "gone" }),
      delete: both(ok()),
    },
  },
  {
    name: "empty 404",
    fault: { answer: { status: 404 } },
    outcomes: every(atOnce("failed: the answer has status 404 and an empty body")),
  },
  {
    name: "409",
    fault: { answer: { status: 409, code: "OperationAborted" } },
    outcomes: every(atOnce("failed: 409 OperationAborted")),
  },
  {
    name: "429 QpsLimitExceeded",
    fault: { answer: { code: "QpsLimitExceeded" } },
    outcomes: every(patient("failed: 429 QpsLimitExceeded")),
  },
  {
    name: "500 InternalError",
    fault: { answer: { code: "InternalError" } },
    outcomes: every(few("failed: 500 InternalError")),
  },
  {
    name: "503 MetaOperationQpsLimitExceeded",
    fault: { answer: { code: "MetaOperationQpsLimitExceeded" } },
    outcomes: every(patient("failed: 503 MetaOperationQpsLimitExceeded")),
  },
  {
    name: "connection refused",
    way: "closed port",
    outcomes: {
      write: few("ECONNREFUSED"),
      read: few("ECONNREFUSED"),
      delete: few("ECONNREFUSED"),
    },
  },
  {
    name: "TLS certificate that nobody vouches for",
    way: "untrusted certificate",
    outcomes: {
      write: atOnce("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
      read: atOnce("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
      delete: atOnce("UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    },
  },
  {
    name: "connection reset, nothing written",
    fault: { connection: "reset" },
    outcomes: every(few("ECONNRESET")),
  },
  {
    name: "connection reset after the write",
    fault: { connection: "reset", carriedOut: true },
    outcomes: { ...every(few("ECONNRESET")), write: [ok(2), found], delete: [ok(2), found] },
  },
  {
    name: "connection reset in mid-body",
    fault: { connection: "reset-mid-body" },
    outcomes: {
      ...every(few("the connection broke inside the answer")),
      write: [ok(2), found],
      delete: [ok(2), found],
    },
  },
  {
    name: "no answer, ever",
    fault: { connection: "hang" },
    config: shortLimit,
    outcomes: every(few("no complete answer in time")),
  },
  {
    name: "answer that never ends",
    fault: { connection: "endless" },
    config: shortLimit,
    outcomes: { ...every(few("no complete answer in time")), write: [ok(2), found], delete: [ok(2), found] },
  },
  {
    name: "408 with an HTML body, after the write",
    fault: { answer: { status: 408, body: html }, carriedOut: true },
    outcomes: {
      ...every(atOnce("failed: the answer has status 408 and a body that is not a <Error>")),
      write: foundAtOnce,
      delete: foundAtOnce,
    },
  },
  {
    name: "empty 200, after the write",
    fault: { answer: { status: 200 }, carriedOut: true },
    outcomes: { write: both(ok()), delete: foundAtOnce },
  },
  { name: "empty body", ...strange("", "an empty body") },
  { name: "HTML body, well-formed", ...strange(html, "a body that is not a <ServerSideEncryptionRule>") },
  { name: "HTML body, not well-formed", ...strange("<p>Sign in<br>", "a body that is not well-formed XML") },
  {
    name: "502 with an HTML body",
    fault: { answer: { status: 502, body: html } },
    outcomes: every(few("failed: the answer has status 502 and a body that is not a <Error>")),
  },
  {
    name: "truncated XML",
    ...strange("<ServerSideEncryptionRule><App", "a body that is not well-formed XML"),
  },
  {
    name: "wrong root element",
    ...strange(`<Rule>${rule}</Rule>`, "a body that is not a <ServerSideEncryptionRule>"),
  },
  {
    name: "DTD with entities",
    ...strange(
      `<!DOCTYPE r [<!ENTITY e "AES256">]><ServerSideEncryptionRule>${rule}</ServerSideEncryptionRule>`,
      "a document type declaration, which is refused",
    ),
  },
  {
    name: "body of 50 MB",
    fault: { answer: { body: Buffer.alloc(50_000_000, " ") } },
    outcomes: every(atOnce("the answer is larger than OSS documents")),
  },
  {
    name: "stale reads, for 3 s or for ever",
    fault: { stale: true },
    outcomes: {
      confirm: [ok(5), notConverged],
      read: both({ tries: 1, read: "the earlier rule" }),
    },
  },
];
