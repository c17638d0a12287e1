// A flood of deliveries to two.test that are worth nothing: forged in alice's name, expired, for nobody, from strangers
// without a stamp; each its own stub, from networks of their own, as fast as the answers come. Until the input ends;
// then one JSON line with how often each kind was answered what.
//   node flood.mjs FOLDER '{"port": …, "sources": ["127.0.1.1", …]}'   (FOLDER: the playground)
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { connect as connectTls } from "node:tls";
import * as age from "../interop/node_modules/age-encryption/dist/index.js";
import * as kith from "../interop/kith.mjs";

const [folder, given] = [process.argv[2], JSON.parse(process.argv[3])];
const ca = readFileSync(`${folder}/ca/ca.pem`);
const records = JSON.parse(readFileSync(`${folder}/records.json`));
const peerOf = (domain) => ({ ...kith.readRecord(records[domain]), address: "127.0.0.1" });
const two = peerOf("two.test");
const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
const day = 86400;
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");

const flood = { name: "flood.test", key: kith.newKey() };
say({ record: `_kith.flood.test. TXT "v=kith1; host=mail.flood.test; port=${given.port}; key=${kith.keyText(flood.key.raw)}"` });
const over = new Promise((resolve) => process.stdin.once("end", resolve));
await new Promise((resolve) => process.stdin.once("data", resolve)); // it is in the zone

const laptop = { name: "laptop", key: kith.newKey(), recipient: await age.identityToRecipient(await age.generateIdentity()) };
const time = at(0);
const card = kith.signNote(kith.writeText("card", [["address", "stranger@flood.test"], ["serial", 1], ["time", time],
    ["expires", at(200 * day)], ["device", `laptop ${kith.keyText(laptop.key.raw)} ${laptop.recipient} ${time}`],
    ["recovery", kith.sha256(kith.newKey().raw)]]), { name: "stranger@flood.test/laptop", key: laptop.key }, flood);
const stranger = { address: "stranger@flood.test", card, root: kith.readNote(card).hash, hash: kith.readNote(card).hash };
const hers = (await kith.call(peerOf("one.test"), ca, "GET", "/kith/1/cards/alice@one.test")).body.toString();
const alice = { address: "alice@one.test", card: hers, hash: kith.readNote(hers).hash,
    root: /^root (.*)$/m.exec(hers)?.[1] ?? kith.readNote(hers).hash };
const mallory = kith.newKey();
const payload = randomBytes(300);

function delivery(who, { over = {}, key = laptop.key, domain = flood, device = "laptop" } = {}) {
    const fields = { id: randomBytes(16).toString("hex"), time: at(0), expires: at(14 * day), from: who.address, root: who.root,
        card: who.hash, to: "bob@two.test", blob: kith.sha256(payload), size: payload.length,
        keys: randomBytes(200).toString("base64"), ...over };
    const stub = kith.signNote(kith.writeText("stub", Object.entries(fields)), { name: `${who.address}/${device}`, key }, domain);
    return kith.writeParts([["card", who.card], ["stub", stub], ["blob", payload]]);
}
const kinds = {
    forged: () => delivery(alice, { key: mallory, domain: { name: "one.test", key: mallory } }),
    expired: () => delivery(stranger, { over: { time: at(-3 * day), expires: at(-day) } }),
    nobody: () => delivery(stranger, { over: { to: `nobody${randomBytes(4).toString("hex")}@two.test` } }),
    stampless: () => delivery(stranger),
    broken: () => Buffer.from("stub 5\nhello"),
};

const counts = {};
let ended = false;
async function pour(source, makers) {
    let session = null;
    const alive = () => session && !session.destroyed && !session.closed;
    for (let i = 0; !ended; ++i) {
        if (!alive()) {
            session = connect(`https://${two.host}:${two.port}`, { createConnection: () => connectTls({ host: "127.0.0.1",
                port: two.port, localAddress: source, ca, servername: two.host, ALPNProtocols: ["h2"] }) });
            session.on("error", () => {});
        }
        const [kind, make] = makers[i % makers.length];
        const got = await new Promise((resolve) => {
            const stream = session.request({ ":method": "POST", ":path": "/kith/1/deliveries" });
            let status = "closed";
            stream.on("response", (headers) => { status = headers[":status"]; });
            stream.on("data", () => {});
            stream.on("error", () => {});
            stream.on("close", () => resolve(status));
            stream.end(make());
        });
        const of = counts[kind] ??= {};
        of[got] = (of[got] ?? 0) + 1;
        if (got === "closed") await new Promise((resolve) => setTimeout(resolve, 20));
    }
    session?.destroy();
}
say({ flooding: true });
process.stdin.resume();
const pouring = given.sources.flatMap((source) => [1, 2, 3, 4].map(() => pour(source, Object.entries(kinds))));
await over;
ended = true;
setTimeout(() => { say(counts); process.exit(0); }, 3000).unref();
await Promise.all(pouring);
say(counts);
process.exit(0);
