// The second implementation against docs/vectors: node check.mjs FOLDER. Prints a line a file; exit
// code 1 when a case comes out otherwise than it says.
import { readFileSync } from "node:fs";
import { countersigned, devicesOf, keyText, open, readNote, readParts, sha256, signedBy } from "../interop/kith.mjs";
import { stampHolds } from "../interop/stamp.mjs";
import { checkCardProof, convicts, grewFrom, leafHash, readCheckpoint, readPolicy, root, vkey, vrfOutput } from "../interop/log.mjs";
import { recoveryKey } from "../interop/recovery.mjs";

const folder = process.argv[2];
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`));
const rawKey = (text) => Buffer.from(text.slice(8), "base64");
let failed = false;

// Every case of a file: does `judge` find good what is good? Bad ones only where this reader, which is
// short, looks at what is wrong with them.
function hold(name, judge, judges_bad = () => true, cases = read(name).cases) {
    let tried = 0;
    for (const one of cases) {
        if (!one.valid && !judges_bad(one)) continue;
        let good = false;
        try {
            good = judge(one);
        } catch {
            good = false;
        }
        tried += 1;
        if (good !== one.valid) {
            failed = true;
            console.log(`${name}: ${one.name}: ${good ? "taken" : "refused"}`);
        }
    }
    if (tried < 4) failed = true; // a file that lost its cases holds nothing
    console.log(`${name}: ${tried} cases`);
}

hold("signed-notes", (one) => {
    const note = readNote(one.note);
    const signers = one.keys.map((vkey) => vkey.split("+")).filter(([name, , key]) => {
        const octets = Buffer.from(vkeyTail(one.keys, name, key), "base64");
        return signedBy(note, name, octets.subarray(1));
    }).map(([name]) => name);
    return note.hash === one.hash && JSON.stringify(signers) === JSON.stringify(one.signers);
}, (one) => one.kind === "bad-signature");

// base64 has "+" of its own: the key is what stands behind the second one.
function vkeyTail(keys, name, head) {
    const vkey = keys.find((k) => k.startsWith(name + "+") && k.split("+")[2] === head);
    return vkey.split("+").slice(2).join("+");
}

// Fields and chain rules are the first implementation's to judge; the texts and their names are common ground.
hold("notes", (one) => readNote(one.note).type === one.type && readNote(one.note).hash === one.hash, () => false);
// Did somebody sign a card who may have a say after `prev`?
function signedAfter(prev, card) {
    const keys = devicesOf(prev).map((device) => [`${card.one("address")}/${device.name}`, device.raw]);
    if (card.all("recovery-key").length > 0) keys.push([card.one("address"), rawKey(card.one("recovery-key"))]);
    const guardians = card.all("guardian-key").map((key) => [`${card.one("address")}/guardian`, rawKey(key)]);
    const signing = guardians.filter(([name, raw]) => signedBy(card, name, raw));
    return guardians.length > 0 ? signing.length >= Number(prev.one("guardians")) && guardians.every(([, raw]) => prev.all("guardian").includes(sha256(raw)))
        : keys.some(([name, raw]) => signedBy(card, name, raw));
}
hold("cards", (one) => readNote(one.card).hash === one.hash && signedAfter(readNote(one.prev ?? one.card), readNote(one.card)),
    (one) => one.kind === "bad-signature");

// What stands of a chain leads from the root to the current card, each step signed.
const chains = read("chains").cases;
for (const one of chains) {
    const known = new Map(one.cards.map(readNote).map((card) => [card.hash, card]));
    const line = one.line.map((hash) => known.get(hash));
    const good = line[0].hash === one.root && line.at(-1).hash === one.current && !one.refused.some((hash) => one.line.includes(hash)) &&
        line.slice(1).every((card, i) => card.one("prev") === line[i].hash && card.one("root") === one.root && signedAfter(line[i], card));
    if (!good) {
        failed = true;
        console.log(`chains: ${one.name}: does not hold`);
    }
}
console.log(`chains: ${chains.length} cases`);

// Where an answer 410 leads (section 3.8): by its card alone, which is the newest one known, or follows
// it, signed by two devices of which one is 90 days old or by the recovery key.
const days = (from, to) => (Date.parse(to) - Date.parse(from)) / 86400e3;
function mayMove(prev, card) {
    if (card.all("recovery-key").length > 0)
        return sha256(rawKey(card.one("recovery-key"))) === prev.one("recovery") && signedBy(card, card.one("address"), rawKey(card.one("recovery-key")));
    const signing = devicesOf(prev).map((device, i) => ({ ...device, added: prev.all("device")[i].split(" ")[3] }))
        .filter((device) => signedBy(card, `${card.one("address")}/${device.name}`, device.raw));
    return signing.length >= 2 && signing.some((device) => days(device.added, card.one("time")) >= 90);
}
hold("moved", (one) => {
    const answer = JSON.parse(one.body);
    const [known, card] = [one.known.map(readNote), readNote(answer.card)];
    const at = known.findIndex((each) => each.hash === card.one("prev"));
    const here = known.some((each) => each.hash === card.hash);
    // The recovery key overrules what only devices signed, and nothing overrules it.
    const overruled = at < 0 ? [] : known.slice(at + 1);
    const wins = overruled.every((each) => card.all("recovery-key").length > 0 && each.all("recovery-key").length === 0);
    return answer.type === "moved" && card.type === "card" && card.one("address") === one.asked && card.one("root") === known[0].hash &&
        (here || (at >= 0 && wins && mayMove(known[at], card))) && card.one("moved") === one.to;
});

// Words are the first implementation's to read; what their entropy gives is common ground.
hold("recovery", (one) => one.keys.every(({ number, key, recovery }) => {
    const raw = recoveryKey(Buffer.from(one.entropy, "hex"), number);
    return keyText(raw) === key && sha256(raw) === recovery;
}), () => false);

hold("stubs", (one) => {
    const [stub, card] = [readNote(one.stub), readNote(one.card)];
    const from = stub.one("from");
    return devicesOf(card).some((d) => signedBy(stub, `${from}/${d.name}`, d.raw)) && stub.one("card") === card.hash &&
        countersigned(stub, one["domain-keys"].map(rawKey), one.batch, one.path);
}, (one) => ["stub: card", "stub: domain", "stub: signature", "batch: signature", "batch: domain"].includes(one.where));

hold("stamps", (one) => stampHolds(one.stamp, one.stub), (one) => one.kind === "untrusted");

hold("deliveries", (one) => readParts(Buffer.from(one.body, "base64")).map(([name]) => name).join() ===
    one.parts.map((part) => part.name).join(), (one) => ["two spaces", "CR LF after the length"].includes(one.name));

// Section 10. The forms of paths and policies are the first implementation's to judge, what a policy asks for is not.
const log = read("log");
const hexOf = (text) => Buffer.from(text, "hex");
const asked = { log: vkey(log.log), policy: readPolicy(log.policy), now: Date.parse(log.now) / 1000 };
hold("log: vrf", (one) => vrfOutput(hexOf(one.key), hexOf(one.input), hexOf(one.proof)).toString("hex") === one.output, undefined, log["vrf-cases"]);
hold("log: policies", (one) => {
    const policy = readPolicy(one.policy);
    return one.met.every((names) => policy.met(names.split(" "))) && !one.unmet.some((names) => policy.met(names.split(" ")));
}, () => false, log.policies);
hold("log: proofs", (one) => checkCardProof(one.proof, one.address, one.card, asked).join() === one.witnesses.join(),
    undefined, log.proofs);
hold("log: equivocations", (one) => convicts(one.evidence, asked.log), undefined, log.equivocations);
// Trees: eight octets a leaf, big-endian.
const eight = (number) => { const octets = Buffer.alloc(8); octets.writeBigUInt64BE(BigInt(number)); return octets; };
hold("log: trees", (one) => root(Array.from({ length: one.size }, (_, i) => leafHash(eight(i)))).toString("base64") === one.root, undefined,
    log.trees.map((one) => ({ ...one, name: one.size, valid: true })));
// What a witness cosigns grew out of what it knows; what it refuses with 422 did not.
hold("log: witness", (one) => {
    const [old, ...proof] = one.body.slice(0, one.body.indexOf("\n\n")).split("\n");
    const [known, wish] = [one.newest, one.body.slice(one.body.indexOf("\n\n") + 2)].map((note) => note && readCheckpoint(note));
    const before = known ?? { size: 0n, root: root([]) };
    return old === `old ${before.size}` && grewFrom(before, wish, proof.map((hash) => Buffer.from(hash, "base64")));
}, undefined, log.witness.filter((one) => [200, 422].includes(one.status)).map((one) => ({ ...one, valid: one.status === 200 })));

// The worked example of protocol section 9 opens with bob's key.
const examples = read("examples");
const block = (name) => examples.blocks.find((one) => one.name === name).text;
const opened = [];
for (const { identity } of read("people").devices)
    opened.push(await open({ identity }, block("stub"), Buffer.from(examples.payload, "base64")).then((text) => text.includes("Subject:"), () => false));
if (!opened.includes(true)) failed = true;
console.log(`examples: opened by ${opened.filter(Boolean).length} of ${opened.length} devices`);
process.exit(failed ? 1 : 0);
