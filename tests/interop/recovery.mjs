// The recovery keys of a written-down phrase (docs/protocol.md section 3.4), from the phrase's entropy.
import { createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";

const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");

export function recoveryKey(entropy, number) {
    const seed = Buffer.from(hkdfSync("sha256", entropy, "", `kith/1 recovery ${number}`, 32));
    const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
    return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
}
