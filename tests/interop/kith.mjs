// A second, independent implementation of docs/protocol.md: a whole little domain in JavaScript. It makes
// a card, delivers a message, serves its card, takes deliveries and opens them. No code is shared.
import * as age from "age-encryption";
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import { connect, createSecureServer } from "node:http2";

export const sha256 = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");
const rfc3339 = (date) => date.toISOString().replace(/\.\d+Z$/, "Z");
const inDays = (days) => rfc3339(new Date(Date.now() + days * 86400e3));
const now = () => rfc3339(new Date());

// --- keys: protocol section 2 ---------------------------------------------------------------------
export function newKey() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    return { privateKey, raw: publicKey.export({ format: "der", type: "spki" }).subarray(-32) };
}
export const keyText = (raw) => "ed25519:" + raw.toString("base64");
export const spki = (raw) => createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]), format: "der", type: "spki" });
export const keyId = (name, raw, type = 1) => createHash("sha256").update(name + "\n").update(Buffer.from([type])).update(raw).digest().subarray(0, 4);

// --- notes: signed text, fields --------------------------------------------------------------------
export const writeText = (type, fields) => `kith/1 ${type}\n` + fields.map(([name, value]) => `${name} ${value}\n`).join("");

export function signNote(text, ...signers) {
    const lines = signers.map(({ name, key }) => {
        const signature = Buffer.concat([keyId(name, key.raw), sign(null, Buffer.from(text), key.privateKey)]);
        return `— ${name} ${signature.toString("base64")}\n`;
    });
    return text + "\n" + lines.join("");
}

export function readNote(note) {
    if (Buffer.byteLength(note) > 65536) throw Error("note: larger than 65536 octets");
    const cut = note.lastIndexOf("\n\n");
    const text = note.slice(0, cut + 1);
    const [first, ...lines] = text.slice(0, -1).split("\n");
    const fields = lines.map((line) => [line.split(" ", 1)[0], line.slice(line.indexOf(" ") + 1)]);
    const signatures = note.slice(cut + 2, -1).split("\n").map((line) => /^— (\S+) (\S+)$/.exec(line));
    if (signatures.includes(null)) throw Error("note: a malformed signature line");
    return { text, type: first.startsWith("kith/1 ") ? first.slice(7) : "", hash: sha256(text), signatures,
        all: (name) => fields.filter((f) => f[0] === name).map((f) => f[1]),
        one: (name) => {
            const found = fields.filter((f) => f[0] === name);
            if (found.length !== 1) throw Error(`${first}: ${name} must appear once`);
            return found[0][1];
        } };
}

export function signedBy(note, name, raw) {
    const id = keyId(name, raw);
    return note.signatures.some(([, signer, base64]) => {
        const bytes = Buffer.from(base64, "base64");
        if (signer !== name || !bytes.subarray(0, 4).equals(id)) return false;
        if (!verify(null, Buffer.from(note.text), spki(raw), bytes.subarray(4))) throw Error(`signature of ${name}: bad`);
        return true;
    });
}

// --- cards: section 3 ------------------------------------------------------------------------------
export async function newPerson(address, domain) {
    const person = { address, domain, device: "js", key: newKey(), recovery: newKey(), identity: await age.generateIdentity(), blobs: new Map() };
    const recipient = await age.identityToRecipient(person.identity);
    const time = now();
    person.card = signNote(
        writeText("card", [["address", address], ["serial", 1], ["time", time], ["expires", inDays(365)],
            ["device", `${person.device} ${keyText(person.key.raw)} ${recipient} ${time}`],
            ["recovery", sha256(person.recovery.raw)]]),
        { name: `${address}/${person.device}`, key: person.key }, { name: domain.name, key: domain.key });
    person.root = readNote(person.card).hash;
    return person;
}

/// The devices of a card: [{name, raw key, age recipient}].
export function devicesOf(card) {
    return card.all("device").map((line) => {
        const [name, key, recipient] = line.split(" ");
        return { name, raw: Buffer.from(key.slice(8), "base64"), recipient };
    });
}

/// Checks a first card listed by its domain; a longer chain is followed card by card.
export function checkChain(cards, domainKeys) {
    const chain = cards.map(readNote);
    const root = chain[0].hash;
    chain.forEach((card, i) => {
        const previous = i === 0 ? card : chain[i - 1];
        if (i > 0 && (card.one("prev") !== previous.hash || card.one("root") !== root)) throw Error("card: breaks the chain");
        const address = card.one("address");
        if (!devicesOf(previous).some((d) => signedBy(card, `${address}/${d.name}`, d.raw))) throw Error("card: no device of the chain signed it");
    });
    const newest = chain[chain.length - 1];
    const domain = newest.one("address").split("@")[1];
    if (!domainKeys.some((raw) => signedBy(newest, domain, raw))) throw Error("card: not listed by its domain");
    return { root, card: newest };
}

// --- rows of parts: section 7.2 ---------------------------------------------------------------------
export const writeParts = (parts) => Buffer.concat(parts.flatMap(([name, body]) => {
    const bytes = Buffer.from(body);
    return [Buffer.from(`${name} ${bytes.length}\n`), bytes];
}));

export function readParts(bytes) {
    const parts = [];
    while (bytes.length > 0) {
        const end = bytes.indexOf(10);
        const head = /^([a-z]{1,16}) (0|[1-9]\d{0,9})$/.exec(bytes.subarray(0, end).toString("latin1"));
        if (!head || end + 1 + Number(head[2]) > bytes.length) throw Error("delivery: malformed part");
        parts.push([head[1], bytes.subarray(end + 1, end + 1 + Number(head[2]))]);
        bytes = bytes.subarray(end + 1 + Number(head[2]));
    }
    return parts;
}

// --- messages: section 4 ----------------------------------------------------------------------------
/// header ‖ payload cut in two; the header ends with the line that begins with "---".
export function splitAge(file) {
    const bytes = Buffer.from(file);
    const cut = bytes.indexOf("\n", bytes.indexOf("\n--- ") + 1) + 1;
    return { header: bytes.subarray(0, cut), payload: bytes.subarray(cut) };
}

export async function seal(person, to, card, message) {
    const encrypter = new age.Encrypter();
    for (const device of devicesOf(card)) encrypter.addRecipient(device.recipient);
    return envelope(person, to, await encrypter.encrypt(Buffer.from(message)));
}

/// The stub and the payload of an age file; the payload is kept for recipients who hold the stub first.
export function envelope(person, to, ageFile) {
    const { header, payload } = splitAge(ageFile);
    person.blobs.set(sha256(payload).slice(7), payload);
    const text = writeText("stub", [["id", randomBytes(16).toString("hex")], ["time", now()], ["expires", inDays(14)],
        ["from", person.address], ["root", person.root], ["card", readNote(person.card).hash], ["to", to],
        ["blob", sha256(payload)], ["size", payload.length], ["keys", header.toString("base64")]]);
    const stub = signNote(text, { name: `${person.address}/${person.device}`, key: person.key },
        { name: person.domain.name, key: person.domain.key });
    return { stub, payload };
}

export async function open(person, stub, payload) {
    const note = readNote(stub);
    if (sha256(payload) !== note.one("blob")) throw Error("blob: not what the stub says");
    const decrypter = new age.Decrypter();
    decrypter.addIdentity(person.identity);
    return Buffer.from(await decrypter.decrypt(ageFile(note, payload))).toString();
}
export const ageFile = (stub, payload) => Buffer.concat([Buffer.from(stub.one("keys"), "base64"), payload]);

/// Whether the domain stands behind a stub: on it, or by a batch of many (section 4.2).
export function countersigned(stub, domainKeys, batch, path) {
    const domain = stub.one("from").split("@")[1];
    if (!batch) return domainKeys.some((raw) => signedBy(stub, domain, raw));
    const note = readNote(batch);
    if (note.type !== "batch" || note.one("domain") !== domain || !domainKeys.some((raw) => signedBy(note, domain, raw))) return false;
    const [index, ...proof] = path.trimEnd().split("\n");
    const hash = (...pieces) => createHash("sha256").update(Buffer.concat(pieces)).digest();
    let [at, node, last] = [hash(Buffer.from([0]), Buffer.from(stub.text)), Number(index), Number(note.one("size")) - 1];
    if (node > last) return false;
    for (const sibling of proof.map((line) => Buffer.from(line.slice(7), "hex"))) { // RFC 9162 section 2.1.3.2
        if (last === 0) return false;
        const left = node % 2 === 1 || node === last;
        at = left ? hash(Buffer.from([1]), sibling, at) : hash(Buffer.from([1]), at, sibling);
        while (left && node % 2 === 0 && node !== 0) [node, last] = [node >> 1, last >> 1];
        [node, last] = [node >> 1, last >> 1];
    }
    return last === 0 && note.one("tree") === "sha256:" + at.toString("hex");
}

// --- calls: sections 6 and 7 ------------------------------------------------------------------------
/// A `_kith` record: {host, port, keys}.
export function readRecord(text) {
    const tags = text.split(";").map((tag) => tag.trim().split(/=(.*)/s));
    const value = (name) => tags.find((t) => t[0] === name)?.[1];
    if (value("v") !== "kith1" || !value("host")) throw Error("record: not a kith record");
    return { host: value("host"), port: Number(value("port") ?? 443),
        keys: tags.filter((t) => t[0] === "key").map((t) => Buffer.from(t[1].slice(8), "base64")) };
}

export function call(peer, ca, method, path, body) {
    return new Promise((resolve, reject) => {
        const session = connect(`https://${peer.host}:${peer.port}`, { ca, servername: peer.host,
            lookup: (_, options, done) => options.all ? done(null, [{ address: peer.address, family: 4 }]) : done(null, peer.address, 4) });
        session.on("error", reject);
        const stream = session.request({ ":method": method, ":path": path }, { endStream: !body });
        const chunks = [];
        let status = 0;
        stream.on("response", (headers) => { status = headers[":status"]; });
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("error", reject);
        stream.on("end", () => { session.close(); resolve({ status, body: Buffer.concat(chunks) }); });
        if (body) stream.end(body);
    });
}

/// The card chain of somebody at a peer, checked.
export async function fetchCard(peer, ca, address) {
    const { status, body } = await call(peer, ca, "GET", `/kith/1/cards/${address}?from=1`);
    if (status !== 200) throw Error(`card of ${address}: ${status}`);
    return checkChain(readParts(body).map(([, bytes]) => bytes.toString()), peer.keys);
}

export async function deliver(peer, ca, person, sealed, more = []) {
    const parts = [["card", person.card], ["stub", sealed.stub], ...more, ["blob", sealed.payload]];
    const { status, body } = await call(peer, ca, "POST", "/kith/1/deliveries", writeParts(parts));
    return { status, problem: status >= 400 ? JSON.parse(body) : null };
}

/// Serves one person's card and the bodies of what they sent, and takes what is delivered to them. `findPeer(domain)` gives a peer's record.
export function serve(person, { key, cert, ca, findPeer, onMessage }) {
    const server = createSecureServer({ key, cert });
    const take = async (bytes) => {
        const parts = readParts(bytes);
        const part = (name) => parts.find((p) => p[0] === name)?.[1];
        const stub = readNote(part("stub").toString());
        const peer = await findPeer(stub.one("from").split("@")[1]);
        const { card } = await fetchCard(peer, ca, stub.one("from"));
        const device = devicesOf(card).some((d) => signedBy(stub, `${stub.one("from")}/${d.name}`, d.raw));
        const batch = part("batch")?.toString();
        if (!countersigned(stub, peer.keys, batch, part("path")?.toString())) return 403;
        if (!device || card.hash !== stub.one("card") || stub.one("to") !== person.address) return 403;
        if (!part("blob")) return 409;
        onMessage(stub, await open(person, part("stub").toString(), part("blob")), ageFile(stub, part("blob")));
        return 201;
    };
    server.on("stream", (stream, headers) => {
        const path = headers[":path"].split("?")[0];
        const answer = (status, body = "") => { stream.respond({ ":status": status }); stream.end(body); };
        const chunks = [];
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("error", () => {});
        stream.on("end", () => {
            if (path === `/kith/1/cards/${person.address}`) answer(200, writeParts([["card", person.card]]));
            else if (path.startsWith("/kith/1/blobs/") && person.blobs.has(path.slice(14))) answer(200, person.blobs.get(path.slice(14)));
            else if (path === "/kith/1/deliveries") take(Buffer.concat(chunks)).then((s) => answer(s), (e) => answer(400, String(e)));
            else answer(404);
        });
    });
    return server;
}
