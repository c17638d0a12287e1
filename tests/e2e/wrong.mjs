// Deliveries that are well-formed and wrong in one way each, sent to two.test from js.test, a domain of
// our own. One JSON line a case: its name, the answer that protocol section 7.2 wants, the one that came.
//   node wrong.mjs FOLDER '{"port": …, "tokens": {…}}'   (FOLDER: the playground)
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import * as age from "../interop/node_modules/age-encryption/dist/index.js";
import * as kith from "../interop/kith.mjs";
import { payStamp } from "../interop/stamp.mjs";

const [folder, given] = [process.argv[2], JSON.parse(process.argv[3])];
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const ca = readFileSync(`${folder}/ca/ca.pem`);
const records = JSON.parse(readFileSync(`${folder}/records.json`));
const peerOf = (domain) => ({ ...kith.readRecord(records[domain]), address: "127.0.0.1" });
const two = peerOf("two.test");
const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
const days = 86400;
const [js, evil] = ["js.test", "evil.test"].map((name) => ({ name, key: kith.newKey() }));
for (const { name, key } of [js, evil])
    say({ record: `_kith.${name}. TXT "v=kith1; host=mail.${name}; port=${given.port}; key=${kith.keyText(key.raw)}"` });
await new Promise((resolve) => process.stdin.once("data", resolve)); // they are in the zone

// --- people, cards ---------------------------------------------------------------------------------

async function personOf(address, names = ["laptop"], daysAgo = 0, domain = js) {
    const time = at(-daysAgo * days);
    const devices = await Promise.all(names.map(async (name) => ({ name, key: kith.newKey(), since: time,
        recipient: await age.identityToRecipient(await age.generateIdentity()) })));
    const person = { address, domain, devices, recovery: kith.newKey(), cards: [], revoked: [], time };
    addCard(person, names.slice(0, 1));
    person.root = kith.readNote(person.cards[0]).hash;
    return person;
}
/// The next card of a person, signed by the devices named; `extra` fields stand in it.
function addCard(person, signers, extra = [], listed = true) {
    const previous = person.cards.at(-1) && kith.readNote(person.cards.at(-1));
    const first = !previous;
    const text = kith.writeText("card", [["address", person.address], ["serial", person.cards.length + 1],
        ...(first ? [] : [["root", person.root], ["prev", previous.hash]]),
        ["time", first ? person.time : at(0)], ["expires", at(200 * days)],
        ...person.devices.map((d) => ["device", `${d.name} ${kith.keyText(d.key.raw)} ${d.recipient} ${d.since}`]),
        ...person.revoked.map((d) => ["revoked", `${d.name} ${kith.keyText(d.key.raw)} ${at(-60)} compromised`]),
        ["recovery", kith.sha256(person.recovery.raw)], ...extra]);
    const keys = [...person.devices, ...person.revoked].filter((d) => signers.includes(d.name))
        .map((d) => ({ name: `${person.address}/${d.name}`, key: d.key }));
    const card = kith.signNote(text, ...keys, ...(listed ? [person.domain] : []));
    person.cards.push(card);
    return card;
}

// --- stubs and deliveries ----------------------------------------------------------------------------

const bob = (await kith.fetchCard(two, ca, "bob@two.test")).card;
const carol = (await kith.fetchCard(peerOf("one.test"), ca, "carol@one.test")).card;

async function sealFor(card, subject) {
    const encrypter = new age.Encrypter();
    for (const device of kith.devicesOf(card)) encrypter.addRecipient(device.recipient);
    return kith.splitAge(await encrypter.encrypt(Buffer.from(
        `From: x@js.test\r\nTo: bob@two.test\r\nSubject: ${subject}\r\n\r\nHello.\r\n`)));
}
/// A good delivery, but for `over` (fields of the stub) and `how` (who signs).
async function letter(person, over = {}, how = {}) {
    const { header, payload } = await sealFor(bob, how.subject ?? "wrong in one way");
    const fields = { id: randomBytes(16).toString("hex"), time: at(0), expires: at(14 * days), from: person.address,
        root: person.root, card: kith.readNote(person.cards.at(-1)).hash, to: "bob@two.test", blob: kith.sha256(payload),
        size: payload.length, keys: header.toString("base64"), ...over };
    const device = how.device ?? person.devices[0];
    const text = kith.writeText("stub", Object.entries(fields));
    const stub = kith.signNote(text, { name: `${person.address}/${device.name}`, key: how.key ?? device.key },
        ...(how.batched ? [] : [how.domain ?? person.domain]));
    return { stub, payload, text, cards: how.cards ?? person.cards };
}
const row = (mail, more = [], blob = mail.payload) => [...mail.cards.map((card) => ["card", card]), ["stub", mail.stub], ...more,
    ...(blob ? [["blob", blob]] : [])];
const post = async (parts, peer = two) => send(kith.writeParts(parts), peer);
async function send(body, peer = two) {
    const answer = await kith.call(peer, ca, "POST", "/kith/1/deliveries", body);
    const problem = answer.status >= 400 ? JSON.parse(answer.body) : {};
    return { status: answer.status, type: problem.type ?? "", detail: problem.detail ?? "", price: problem.price };
}
/// The signature of one signer, one bit of it changed: name and key id are right, it is not.
function forge(note, signer) {
    return note.split("\n").map((line) => {
        if (!line.startsWith(`— ${signer} `)) return line;
        const octets = Buffer.from(line.split(" ")[2], "base64");
        octets[20] ^= 1;
        return `— ${signer} ${octets.toString("base64")}`;
    }).join("\n");
}

// --- batches -------------------------------------------------------------------------------------------

const hash = (...pieces) => createHash("sha256").update(Buffer.concat(pieces.map((p) => Buffer.from(p)))).digest();
const leaf = (text) => hash([0], text);
const named = (digest) => "sha256:" + digest.toString("hex");
function batchOf(mail, { domain = js, tree, index = 0, claim = domain.name, size = 2 } = {}) {
    const other = leaf("another stub");
    const batch = kith.signNote(kith.writeText("batch", [["domain", claim], ["time", at(0)], ["size", size],
        ["tree", tree ?? named(hash([1], leaf(mail.text), other))]]), domain);
    return [["batch", batch], ["path", `${index}\n${named(other)}\n`]];
}

// --- a body that does not come as it should ---------------------------------------------------------------

/// Opens a stream and hands it over; the answer, or what became of the stream.
function raw(work) {
    return new Promise((resolve) => {
        const session = connect(`https://${two.host}:${two.port}`, { ca, servername: two.host,
            lookup: (_, o, done) => o.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4) });
        session.on("error", () => resolve({ status: 0, type: "closed", detail: "" }));
        const stream = session.request({ ":method": "POST", ":path": "/kith/1/deliveries" });
        let [status, body] = [0, ""];
        stream.on("response", (headers) => { status = headers[":status"]; });
        stream.on("data", (chunk) => { body += chunk; });
        stream.on("error", () => {});
        const over = () => {
            session.destroy();
            const problem = body.startsWith("{") ? JSON.parse(body) : {};
            resolve({ status, type: problem.type ?? "", detail: problem.detail ?? "" });
        };
        stream.on("end", over); // of the answer; what is still to be written does not end by itself
        stream.on("close", over);
        work(stream, session);
    });
}
const endless = (piece) => raw((stream) => {
    const more = () => { while (!stream.destroyed && stream.write(piece)); if (!stream.destroyed) stream.once("drain", more); };
    more();
});

// --- the cases -----------------------------------------------------------------------------------------------

const [friend, phoned, froze, stranger, impostor] = await Promise.all([personOf("friend@js.test"),
    personOf("phoned@js.test", ["laptop", "phone"], 100), personOf("froze@js.test"), personOf("stranger@js.test"),
    personOf("friend@js.test")]);
const tokens = given.tokens;
const cases = [];
const holds = (name, want, detail, work) => cases.push({ name, want, detail: detail.source, work });

// Whom bob knows by an invitation: what is wrong below is all that is wrong.
const hello = await letter(friend, {}, { subject: "once" });
holds("an invitation makes known", "201", /^$/, () => post(row(hello, [["token", tokens.friend]])));
holds("the same stub again is the same message", "201", /^$/, () => post(row(hello, [["token", tokens.friend]])));
holds("without the blob, which is there", "201", /^$/, () => post(row(hello, [], null)));
holds("eight at once are one message", "201", /^$/, async () => {
    const mail = await letter(friend, {}, { subject: "eight at once" });
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(row(mail))));
    return answers.find((answer) => answer.status !== 201) ?? answers[0];
});
holds("the same id with another content", "409 id-reused", /id/, async () =>
    post(row(await letter(friend, { id: kith.readNote(hello.stub).one("id") }))));
holds("replayed to another domain", "403 wrong-domain", /stub: to/, () => post(row(hello), peerOf("one.test")));
holds("replayed with another recipient in it", "403 bad-signature", /stub: signature/, async () => {
    const mail = await letter(friend, { to: "carol@two.test" });
    return post(row({ ...mail, stub: mail.stub.replace("to carol@two.test", "to bob@two.test") }));
});
holds("forged signature of the device", "403 bad-signature", /friend@js.test\/laptop/, async () => {
    const mail = await letter(friend);
    return post(row({ ...mail, stub: forge(mail.stub, "friend@js.test/laptop") }));
});
holds("signed by a key that is nobody's, under a device's name", "403 bad-signature", /no device/, async () =>
    post(row(await letter(friend, {}, { key: kith.newKey() }))));
holds("forged countersignature of the domain", "403 bad-signature", /js.test/, async () => {
    const mail = await letter(friend);
    return post(row({ ...mail, stub: forge(mail.stub, "js.test") }));
});
holds("countersigned by another domain", "403 wrong-domain", /js.test did not countersign/, async () =>
    post(row(await letter(friend, {}, { domain: evil }))));
holds("countersigned by another key in the domain's name", "403 wrong-domain", /did not countersign/, async () =>
    post(row(await letter(friend, {}, { domain: { name: "js.test", key: kith.newKey() } }))));
holds("not countersigned", "403 wrong-domain", /did not countersign/, async () =>
    post(row(await letter(friend, {}, { batched: true }))));
holds("of a domain that there is not", "403 wrong-domain", /nowhere.test/, async () => {
    const nobody = await personOf("x@nowhere.test", ["laptop"], 0, { name: "nowhere.test", key: kith.newKey() });
    return post(row(await letter(nobody)));
});
holds("expired", "403 expired", /stub: expires/, async () => post(row(await letter(friend, { time: at(-2 * days), expires: at(-60) }))));
holds("from the future", "403 future", /stub: time/, async () => post(row(await letter(friend, { time: at(3600) }))));
holds("good for longer than 60 days", "413 too-large", /stub: expires/, async () => post(row(await letter(friend, { expires: at(61 * days) }))));
holds("expires before its time", "400 malformed", /stub: expires/, async () => post(row(await letter(friend, { expires: at(-1) }))));
holds("a stub over 4096 octets", "413 too-large", /stub: more than 4096/, async () => post(row(await letter(friend, { note: "x".repeat(4096) }))));
holds("a field twice", "400 malformed", /stub: size/, async () => {
    const mail = await letter(friend, { "x": "y\nsize 1" });
    return post(row(mail));
});
holds("keys that are no base64", "400 malformed", /stub: keys/, async () => post(row(await letter(friend, { keys: "!" }))));
holds("names another root", "403 bad-signature|409 card-needed", /root|card/, async () => post(row(await letter(friend, { root: named(hash("x")) }))));
holds("names a card that nobody has", "409 card-needed", /card/, async () => post(row(await letter(friend, { card: named(hash("x")) }))));
holds("from somebody else than the card's address", "403 bad-signature", /stub: from/, async () => post(row(await letter(friend, { from: "boss@js.test" }))));
holds("to nobody here", "404 no-such-account", /.*/, async () => post(row(await letter(friend, { to: "nobody@two.test" }))));
holds("a blob of another content", "422 blob-mismatch", /blob/, async () => {
    const mail = await letter(friend);
    return post(row(mail, [], Buffer.alloc(mail.payload.length, 1)));
});
holds("a longer blob", "422 blob-mismatch", /size/, async () => {
    const mail = await letter(friend);
    return post(row(mail, [], Buffer.concat([mail.payload, Buffer.from("x")])));
});
holds("a shorter blob", "422 blob-mismatch", /size/, async () => {
    const mail = await letter(friend);
    return post(row(mail, [], mail.payload.subarray(1)));
});
holds("a large blob of another content", "422 blob-mismatch", /hash/, async () => {
    const mail = await letter(friend, { size: 3 << 20 });
    return post(row(mail, [], Buffer.alloc(3 << 20, 1)));
});
holds("no blob, and it is not there", "409 blob-needed", /blob/, async () => post(row(await letter(friend), [], null)));
holds("a blob over the server's limit", "413 too-large", /stub: size|blob/, async () => post(row(await letter(friend, { size: 2 ** 40 }), [], null)));
holds("a blob announced over the limit", "413 too-large", /blob/, async () => {
    const mail = await letter(friend);
    return send(Buffer.concat([kith.writeParts(row(mail, [], null)), Buffer.from("blob 9999999999\n")]));
});
holds("the blob is cut in its middle", "400 malformed", /blob: ends too early/, async () => {
    const mail = await letter(friend);
    return send(kith.writeParts(row(mail)).subarray(0, -100));
});
holds("the connection is cut in the middle of the blob", "0( closed)?", /^$/, async () => {
    const body = kith.writeParts(row(await letter(friend, {}, { subject: "cut" })));
    return raw((stream, session) => stream.write(body.subarray(0, -100), () => setTimeout(() => session.destroy(new Error("cut")), 200)));
});

// Parts.
holds("the blob before the stub", "400 malformed", /stub: is missing/, async () => {
    const mail = await letter(friend);
    return post([["card", friend.cards[0]], ["blob", mail.payload], ["stub", mail.stub]]);
});
holds("a part behind the blob", "400 malformed", /token: comes after the blob/, async () => post([...row(await letter(friend)), ["token", "x"]]));
holds("two stubs", "400 malformed", /stub: comes twice/, async () => { const m = await letter(friend); return post([["stub", m.stub], ...row(m)]); });
holds("no stub", "400 malformed", /stub: is missing/, () => post([["card", friend.cards[0]]]));
holds("seventeen cards", "413 too-large", /card: more than 16/, async () => {
    const mail = await letter(friend);
    return post(row({ ...mail, cards: Array(17).fill(friend.cards[0]) }));
});
holds("a token over 128 octets", "413 too-large", /token: more than 128/, async () => post(row(await letter(friend), [["token", "x".repeat(129)]])));
holds("100,000 tiny parts of one name", "413 too-large", /x: more than 16/, async () => send(Buffer.from("x 0\n".repeat(100_000))));
holds("100,000 tiny parts of different names", "413 too-large", /delivery: more than 256 parts/, async () => {
    const letters = (n) => [...n.toString(26).padStart(4, "0")].map((c) => String.fromCharCode(97 + parseInt(c, 26))).join("");
    return send(Buffer.from(Array.from({ length: 100_000 }, (_, i) => `z${letters(i)} 0\n`).join("")));
});
holds("2 MiB of parts that nobody reads", "413 too-large", /delivery: more than 1048576/, () =>
    post(Array.from({ length: 40 }, (_, i) => [`n${String.fromCharCode(97 + i % 26)}${i > 25 ? "b" : "a"}`, Buffer.alloc(60_000)])));
holds("a length with a leading zero", "400 malformed", /token/, () => send(Buffer.from("token 01\nx")));
holds("an endless head line", "400 malformed", /delivery/, () => endless("a".repeat(10_000)));
holds("an endless row of parts", "413 too-large", /.*/, () => endless(`extra 60000\n${"x".repeat(60_000)}`));
holds("an endless blob", "422 blob-mismatch|400 malformed|413 too-large", /blob/, async () => {
    const head = kith.writeParts(row(await letter(friend), [], null));
    return raw((stream) => {
        stream.write(head);
        stream.write("blob 50000000\n");
        const more = () => { while (!stream.destroyed && stream.write(Buffer.alloc(16_000))); if (!stream.destroyed) stream.once("drain", more); };
        more();
    });
});

// Cards and chains.
holds("a card that its domain does not list", "403 wrong-domain", /card: not listed/, async () => {
    const odd = await personOf("odd@js.test");
    odd.cards = [odd.cards[0].replace(/— js\.test .*\n/, "")];
    return post(row(await letter(odd)));
});
holds("a card listed by another domain", "403 wrong-domain", /card: not listed/, async () => {
    const odd = await personOf("odd@js.test", ["laptop"], 0, evil);
    return post(row(await letter(odd, {}, { domain: js })));
});
holds("a forged card", "403 bad-signature", /card/, async () => {
    const odd = await personOf("odd@js.test");
    odd.cards = [forge(odd.cards[0], "odd@js.test/laptop")];
    return post(row(await letter(odd)));
});
holds("a chain with a hole", "409 card-needed", /card/, async () => {
    const odd = await personOf("hole@js.test");
    addCard(odd, ["laptop"], [["strangers", "stamp"]]);
    addCard(odd, ["laptop"]);
    return post(row(await letter(odd, {}, { cards: [odd.cards[0], odd.cards[2]] })));
});
holds("a later card that no device of the one before signed", "403 bad-signature", /card/, async () => {
    const odd = await personOf("thief@js.test");
    odd.devices = (await personOf("thief@js.test")).devices;
    addCard(odd, ["laptop"]);
    return post(row(await letter(odd)));
});
holds("one device alone drops another", "403 bad-signature", /card: device: removing phone needs two/, async () => {
    const odd = await personOf("alone@js.test", ["laptop", "phone"]);
    odd.revoked.push(odd.devices.pop());
    addCard(odd, ["laptop"]);
    return post(row(await letter(odd)));
});
holds("another identity under a known address", "202", /^$/, async () => post(row(await letter(impostor))));

// Keys in trouble: with a grant held, without one priced.
holds("a second known person", "201", /^$/, async () => post(row(await letter(phoned), [["token", tokens.phoned]])));
holds("a revoked device of somebody known is held", "202", /^$/, async () => {
    const phone = phoned.devices.pop();
    phoned.revoked.push(phone);
    addCard(phoned, ["laptop", "phone"]);
    return post(row(await letter(phoned, { card: kith.readNote(phoned.cards[0]).hash }, { device: phone })));
});
holds("a revoked device under the card that revokes it", "403 bad-signature", /no device/, async () =>
    post(row(await letter(phoned, {}, { device: phoned.revoked[0] }))));
holds("a third known person", "201", /^$/, async () => post(row(await letter(froze), [["token", tokens.froze]])));
holds("a frozen account of somebody known is held", "202", /^$/, async () => {
    const time = at(0);
    addCard(froze, ["laptop"], [["frozen", time]]);
    return post(row(await letter(froze)));
});
holds("a frozen account of a stranger is priced", "402 stamp-needed", /.*/, async () => {
    const odd = await personOf("cold@js.test");
    addCard(odd, ["laptop"], [["frozen", at(0)]]);
    return post(row(await letter(odd)));
});

// Tokens.
for (const [what, token, want] of [["revoked", "revoked", "403 token-revoked"], ["used up", "friend", "403 token-spent"],
    ["of another recipient", "carols", "403 token-foreign"], ["made up", "madeup", "403 token-foreign"]])
    holds(`a token that is ${what}`, want, /token/, async () => post(row(await letter(stranger), [["token", tokens[token]]])));
holds("a token with other characters", "400 malformed|403 token-foreign|402 stamp-needed", /.*/, async () => post(row(await letter(stranger), [["token", "ABC def"]])));

// Stamps.
const asking = await letter(stranger);
let price = null;
/// [effort, seed] of two.test's price, asked for once.
const quote = async () => ["effort", "seed"].map(kith.readNote(price ??= (await post(row(asking))).price).one);
const solve = (effort, seed, stub = asking.stub, puzzle = "equihash-96-5") =>
    payStamp(kith.writeText("price", [["puzzle", puzzle], ["effort", effort], ["seed", seed]]) + "\n— x aaaa\n", stub);
const stampCase = (name, want, detail, stamp) =>
    holds(name, want, detail, async () => post(row(asking, [["stamp", await stamp(...await quote())]])));
holds("a stranger without a stamp", "402 stamp-needed", /stamp/, () => post(row(asking)));
stampCase("a stamp too low", "402 stamp-needed", /below the price/, (effort, seed) => solve(Math.floor(Number(effort) / 4), seed));
stampCase("a stamp of another price note", "402 stamp-needed", /price note is over/, (effort) => solve(effort, "0".repeat(32)));
stampCase("a stamp that claims more than it did", "402 stamp-needed", /no solution/, (effort, seed) =>
    solve(effort, seed).replace(` ${effort} `, ` ${BigInt(effort) * 1_000_000n} `));
stampCase("a stamp of an unknown puzzle", "402 stamp-needed", /no solution/, (effort, seed) => solve(effort, seed).replace("equihash-96-5", "blake2b"));
stampCase("a stamp that is no stamp", "402 stamp-needed", /no solution/, () => "hello");
stampCase("a stamp of another stub", "402 stamp-needed", /no solution/, async (effort, seed) => solve(effort, seed, (await letter(stranger)).stub));
stampCase("a stamp as it should be", "202", /^$/, (effort, seed) => solve(effort, seed));

// Batches.
const batchCase = (name, want, detail, how, parts = (all) => all) => holds(name, want, detail, async () => {
    const mail = await letter(friend, {}, { batched: true, subject: name });
    return post(row(mail, parts(batchOf(mail, how))));
});
batchCase("a batch as it should be", "201", /^$/, {});
batchCase("a batch, the path of another place", "403 bad-signature", /path/, { index: 1 });
batchCase("a batch, an index behind its end", "403 bad-signature", /path/, { index: 2 });
batchCase("a batch of another tree", "403 bad-signature", /path/, { tree: named(hash("x")) });
batchCase("a batch of another domain", "403 wrong-domain", /batch: domain/, { domain: evil });
batchCase("a batch of another domain in this one's name", "403 .*", /batch/, { domain: evil, claim: "js.test" });
batchCase("a batch without its path", "400 malformed", /path: is missing/, {}, (all) => all.slice(0, 1));
batchCase("a path without its batch", "400 malformed", /batch: is missing/, {}, (all) => all.slice(1));
batchCase("a batch of nobody", "400 malformed", /batch: size/, { size: 0 });
batchCase("a forged batch", "403 bad-signature", /batch/, {}, ([batch, path]) => [["batch", forge(batch[1], "js.test")], path]);

// Whoever fetches the stranger's body gets another one the first time.
class Turning extends Map {
    get(hash) {
        const [body, first] = [super.get(hash), this.asked !== true];
        this.asked = true;
        return first ? Buffer.from(body).fill(1, body.length - 10) : body;
    }
}
const held = { address: stranger.address, card: stranger.cards[0], blobs: new Turning([[kith.sha256(asking.payload).slice(7), asking.payload]]) };
kith.serve(held, { key: readFileSync(`${folder}/ca/js.test.key`), cert: readFileSync(`${folder}/ca/js.test.pem`), ca })
    .listen(given.port, "127.0.0.1");

// Notes (section 7.4).
const note = async (text, want, detail, name) => holds(name, want, detail, async () => {
    const answer = await kith.call(two, ca, "POST", "/kith/1/notes", Buffer.from(text));
    const problem = answer.status >= 400 ? JSON.parse(answer.body) : {};
    return { status: answer.status, type: problem.type ?? "", detail: problem.detail ?? "" };
});
const withdraw = (person, id, signer) => kith.signNote(kith.writeText("withdraw", [["id", id], ["from", person.address],
    ["root", person.root], ["to", "bob@two.test"], ["time", at(0)]]), signer);
note("hello", "400 malformed", /note/, "a note that is none");
note(kith.signNote(kith.writeText("vouch", []), js), "400 malformed", /note/, "a note of a type that is not taken");
note("x".repeat(70_000), "413 too-large", /.*/, "a note over 65,536 octets");
note(withdraw(friend, kith.readNote(hello.stub).one("id"), { name: "friend@js.test/laptop", key: kith.newKey() }),
    "403 bad-signature", /.*/, "a withdrawal that somebody else signed");
note(withdraw(friend, "0".repeat(32), { name: "friend@js.test/laptop", key: friend.devices[0].key }), "202", /^$/,
    "a withdrawal of what is not there");

for (const { name, want, detail, work } of cases) {
    if (given.only && !given.only.includes(name)) continue;
    const answer = await work().catch((error) => ({ status: -1, type: String(error.stack), detail: "" }));
    say({ name, want, wantDetail: detail, got: `${answer.status} ${answer.type}`.trim(), detail: answer.detail });
}
say({ done: true });
process.stdin.on("end", () => process.exit(0)).resume();
