import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { KeyPair } from "./listener";

const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 3600 * 1000;
const loopback = [
  { type: "ip", value: "127.0.0.1" },
  { type: "dns", value: "localhost" },
] as const;

/** A certificate authority that lives as long as the emulator, and what it has signed. */
export interface Authority {
  /** Its own certificate in PEM: what clients must trust. */
  certificate: string;
  /** Key and certificate for a host; without one, for 127.0.0.1 and localhost. */
  pairFor: (host: string | undefined) => Promise<KeyPair>;
}

/** Makes a certificate authority. The library is loaded here because most emulators never speak TLS. */
export async function createAuthority(): Promise<Authority> {
  await import("reflect-metadata"); // the library's own dependency asks for it
  const x509 = await import("@peculiar/x509");
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 365 * day) };
  const caKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: "CN=OSS emulator",
    keys: caKeys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });

  const sign = async (host: string | undefined): Promise<KeyPair> => {
    const keys = await newKeys();
    const names =
      host === undefined ? [...loopback] : [{ type: isIP(host) ? "ip" : "dns", value: host } as const];
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity,
      subject: `CN=${names[0]?.value.slice(0, 64) ?? ""}`,
      issuer: ca.subject,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      signingAlgorithm: signing,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        new x509.SubjectAlternativeNameExtension(names),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
      ],
    });
    const key = x509.PemConverter.encode(
      await webcrypto.subtle.exportKey("pkcs8", keys.privateKey),
      "PRIVATE KEY",
    );
    return { key, cert: certificate.toString("pem") };
  };

  const signed = new Map<string | undefined, Promise<KeyPair>>();
  const pairFor = (host: string | undefined) => {
    const pair = signed.get(host) ?? sign(host);
    if (signed.size < 1_000) signed.set(host, pair); // a bound for clients that make hosts up
    return pair;
  };
  return { certificate: ca.toString("pem"), pairFor };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(signing, true, ["sign", "verify"]);
}
