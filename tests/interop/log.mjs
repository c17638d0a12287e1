// The directory log (docs/protocol.md, section 10), read by the second implementation: is a card in its
// domain's log, do enough witnesses stand behind it, and has a log lied?
import { ristretto255 } from "@noble/curves/ed25519";
import { createHash, verify } from "node:crypto";
import { keyId, readNote, readParts, signedBy, spki } from "./kith.mjs";

const { Point } = ristretto255;
const hash = (name, ...parts) => parts.reduce((h, part) => h.update(part), createHash(name)).digest();
const sha256 = (...parts) => hash("sha256", ...parts);

// --- VRF: c2sp.org/vrf-r255 ------------------------------------------------------------------------
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const number = (bytes) => BigInt("0x" + (Buffer.from(bytes).reverse().toString("hex") || "0"));
const suite = (use, ...parts) => hash("sha512", Buffer.concat([Buffer.from([0xff]), Buffer.from("c2sp.org/vrf-r255"), Buffer.from([use])]), ...parts);
const times = (point, scalar) => point.multiplyUnsafe(scalar);

/// The output for the input; throws when the proof does not hold.
export function vrfOutput(key, input, proof) {
    if (proof.length !== 80) throw Error("vrf: not 80 octets");
    const [Y, Gamma] = [Point.fromHex(key), Point.fromHex(proof.subarray(0, 32))];
    if (Y.is0()) throw Error("vrf: the key is the identity");
    const [c, s] = [number(proof.subarray(32, 48)), number(proof.subarray(48))];
    if (s >= ORDER) throw Error("vrf: s is not below the order");
    const H = Point.hashToCurve(suite(0x82, key, input));
    const U = times(Point.BASE, s).subtract(times(Y, c));
    const V = times(H, s).subtract(times(Gamma, c));
    const zero = Buffer.from([0]);
    const challenge = suite(0x02, ...[Y, H, Gamma, U, V].map((point) => point.toBytes()), zero);
    if (!challenge.subarray(0, 16).equals(proof.subarray(32, 48))) throw Error("vrf: the proof does not hold");
    return suite(0x03, Gamma.toBytes(), zero);
}

// --- Merkle trees: RFC 6962 -------------------------------------------------------------------------
export const leafHash = (entry) => sha256(Buffer.from([0]), entry);
const node = (left, right) => sha256(Buffer.from([1]), left, right);
const split = (n) => { let k = 1n; while (k * 2n < n) k *= 2n; return k; };

export function root(leaves) {
    if (leaves.length === 0) return sha256();
    if (leaves.length === 1) return leaves[0];
    const k = Number(split(BigInt(leaves.length)));
    return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
}
// The hash that a path (from the leaf up) leads to; written from the definition, down the tree.
function rootOf(path, index, size, leaf) {
    if (size === 1n) {
        if (path.length > 0) throw Error("path: too long");
        return leaf;
    }
    if (path.length === 0) throw Error("path: too short");
    const [k, rest, last] = [split(size), path.slice(0, -1), path.at(-1)];
    return index < k ? node(rootOf(rest, index, k, leaf), last) : node(last, rootOf(rest, index - k, size - k, leaf));
}
export const includes = (head, index, leaf, path) => index < head.size && rootOf(path, index, head.size, leaf).equals(head.root);

// [hash of the first `before` leaves, hash of all `size`], by a consistency proof.
function bothRoots(before, size, proof, whole) {
    if (before === size) {
        const own = whole ?? proof.shift();
        if (!own || proof.length > 0) throw Error("proof: of another length");
        return [own, own];
    }
    if (proof.length === 0) throw Error("proof: too short");
    const [k, last] = [split(size), proof.pop()];
    if (before <= k) {
        const [then, now] = bothRoots(before, k, proof, whole);
        return [then, node(now, last)];
    }
    const [then, now] = bothRoots(before - k, size - k, proof, undefined);
    return [node(last, then), node(last, now)];
}
export function grewFrom(before, now, proof) {
    if (before.size > now.size) return false;
    if (before.size === 0n) return proof.length === 0 && before.root.equals(sha256()) && (now.size > 0n || now.root.equals(before.root));
    if (before.size === now.size && proof.length > 0) return false;
    const [then, all] = bothRoots(before.size, now.size, [...proof], before.root);
    return then.equals(before.root) && all.equals(now.root);
}

// --- checkpoints, cosignatures, policies --------------------------------------------------------------
export const decimal = (text) => { if (!/^(0|[1-9]\d{0,18})$/.test(text)) throw Error("not a number"); return BigInt(text); };
const hash32 = (text) => { const bytes = Buffer.from(text, "base64"); if (bytes.length !== 32 || bytes.toString("base64") !== text) throw Error("not a hash"); return bytes; };

export function readCheckpoint(octets) {
    const note = readNote(octets);
    const [origin, size, hash] = note.text.split("\n");
    return { note, origin, size: decimal(size), root: hash32(hash) };
}
export const vkey = (text) => ({ name: text.split("+")[0], raw: Buffer.from(text.split("+").slice(2).join("+"), "base64").subarray(1) });

/// When that witness cosigned, in seconds; undefined when it did not.
function cosignedAt(note, { name, raw }) {
    const times = note.signatures.filter(([, signer, base64]) => signer === name && Buffer.from(base64, "base64").subarray(0, 4).equals(keyId(name, raw, 4))).map(([, , base64]) => {
        const bytes = Buffer.from(base64, "base64");
        const message = `cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${note.text}`;
        if (!verify(null, Buffer.from(message), spki(raw), bytes.subarray(12))) throw Error(`cosignature of ${name}: bad`);
        return Number(bytes.readBigUInt64BE(4));
    });
    return times.length > 0 ? Math.max(...times) : undefined;
}

/// {witnesses: Map name → key, met: (names) → bool}
export function readPolicy(text) {
    const [witnesses, needs] = [new Map(), new Map([["none", () => true]])];
    let quorum;
    for (const [kind, name, ...rest] of text.split("\n").map((line) => line.trim().split(/[ \t]+/))) {
        if (kind === "witness") {
            witnesses.set(name, vkey(rest[0]));
            needs.set(name, (names) => names.includes(name));
        } else if (kind === "group") {
            const members = rest.slice(1).map((member) => needs.get(member));
            const least = rest[0] === "all" ? members.length : rest[0] === "any" ? 1 : Number(rest[0]);
            needs.set(name, (names) => members.filter((met) => met(names)).length >= least);
        } else if (kind === "quorum") quorum = needs.get(name);
    }
    if (!quorum) throw Error("policy: no quorum");
    return { witnesses, met: quorum };
}

// --- section 10.4: the proof with a card ----------------------------------------------------------------
/// Throws, or answers the names of the witnesses that count. `now` in seconds.
export function checkCardProof(text, address, card, { log, policy, now }) {
    const gap = text.indexOf("\n\n");
    const [first, extraLine, indexLine, ...hashes] = text.slice(0, gap).split("\n");
    if (first !== "c2sp.org/tlog-proof@v1" || !extraLine.startsWith("extra ") || !indexLine.startsWith("index ")) throw Error("proof: its head");
    const extra = Buffer.from(extraLine.slice(6), "base64");
    const checkpoint = readCheckpoint(text.slice(gap + 2));
    const domain = address.split("@")[1];
    if (checkpoint.origin !== `${domain}/kith/1/log`) throw Error("proof: another log");
    if (!signedBy(checkpoint.note, checkpoint.origin, log.raw)) throw Error("checkpoint: not signed by the log");
    const names = [...policy.witnesses].filter(([, key]) => {
        const time = cosignedAt(checkpoint.note, key);
        return key.name.split("/")[0] !== domain && time !== undefined && time >= now - 7 * 86400 && time <= now + 300;
    }).map(([name]) => name);
    if (!policy.met(names)) throw Error("checkpoint: too few witnesses");
    const [key, proof, keyPath] = [extra.subarray(0, 32), extra.subarray(32, 112), []];
    for (let at = 112; at < extra.length; at += 32) keyPath.push(extra.subarray(at, at + 32));
    if (!includes(checkpoint, 0n, leafHash(Buffer.concat([sha256("kith/1 directory vrf-r255\n"), key])), keyPath)) throw Error("proof: the VRF key");
    const entry = Buffer.concat([vrfOutput(key, address, proof).subarray(0, 32), Buffer.from(card.slice(7), "hex")]);
    if (!includes(checkpoint, decimal(indexLine.slice(6)), leafHash(entry), hashes.map(hash32))) throw Error("proof: the path");
    return names;
}

// --- section 10.7: evidence -------------------------------------------------------------------------------
/// Does it convict the log?
export function convicts(text, log) {
    const gap = text.indexOf("\n\n");
    const [first, originLine, ...prefix] = text.slice(0, gap).split("\n");
    const parts = readParts(Buffer.from(text.slice(gap + 2)));
    if (first !== "kith/1 equivocation" || parts.length !== 2) return false;
    const [smaller, larger] = parts.map(([, octets]) => readCheckpoint(octets.toString()));
    for (const one of [smaller, larger])
        if (originLine !== `origin ${one.origin}` || !signedBy(one.note, log.name, log.raw)) return false;
    const [rootHash, ...proof] = prefix.map((line) => Buffer.from(line.split("sha256:")[1], "hex"));
    if (smaller.size === larger.size) return !rootHash && !smaller.root.equals(larger.root);
    return !!rootHash && !rootHash.equals(smaller.root) && grewFrom({ size: smaller.size, root: rootHash }, larger, proof);
}
