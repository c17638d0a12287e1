// Against a playground: js.test makes a card, delivers to bob, hands out the body when he accepts, opens
// what he answers, and delivers a file that `age` has made.
//   node run.mjs FOLDER PORT  (prints one JSON line a step; goes on at each line of its input)
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as kith from "./kith.mjs";
import { payStamp } from "./stamp.mjs";

const [folder, port] = [process.argv[2], Number(process.argv[3])];
const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");
const ca = readFileSync(`${folder}/ca/ca.pem`);
const records = JSON.parse(readFileSync(`${folder}/records.json`));
const findPeer = async (domain) => ({ ...kith.readRecord(records[domain]), address: "127.0.0.1" });

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const domain = { name: "js.test", key: kith.newKey() };
const person = await kith.newPerson("julia@js.test", domain);
say({ step: "record", record: `v=kith1; host=mail.js.test; port=${port}; key=${kith.keyText(domain.key.raw)}` });
await input.next(); // the record is in the zone

const answered = new Promise((resolve) => {
    kith.serve(person, { key: readFileSync(`${folder}/ca/js.test.key`), cert: readFileSync(`${folder}/ca/js.test.pem`), ca, findPeer,
        onMessage: (stub, message, file) => resolve({ step: "opened", from: stub.one("from"), message,
            file: file.toString("base64"), identity: person.identity }) }).listen(port, "127.0.0.1");
});

const peer = await findPeer("two.test");
const { card } = await kith.fetchCard(peer, ca, "bob@two.test");
const message = `From: julia@js.test\r\nTo: bob@two.test\r\nSubject: from another implementation\r\n\r\nHello from JavaScript.\r\n`;
const sealed = await kith.seal(person, "bob@two.test", card, message);
const bare = await kith.deliver(peer, ca, person, sealed);
say({ step: "without a stamp", status: bare.status, type: bare.problem?.type });
const paid = await kith.deliver(peer, ca, person, sealed, [["stamp", payStamp(bare.problem.price, sealed.stub)]]);
say({ step: "with a stamp", status: paid.status });
say(await answered);
await input.next(); // the file is there
const file = await kith.deliver(peer, ca, person, kith.envelope(person, "bob@two.test", readFileSync(`${folder}/by-age`)));
say({ step: "sealed by age", status: file.status });
await input.next(); // serves on until its input ends
process.exit(0);
