// Stamps (docs/protocol.md, section 5.2): answering a price, and checking an answer.
import { createHash } from "node:crypto";
import * as equihash from "./equihash.mjs";
import { readNote } from "./kith.mjs";

const blake2b512 = (...pieces) => createHash("blake2b512").update(Buffer.concat(pieces)).digest();
const challengeOf = (puzzle, effort, seed, stubHash) => Buffer.from(`kith/1 stamp\n${puzzle}\n${effort}\n${seed}\n${stubHash}\n`);
const underTarget = (challenge, effort, solution) =>
    blake2b512(challenge, solution).readBigUInt64BE(0) <= (2n ** 64n - 1n) / BigInt(effort);
const inputOf = (challenge, nonce) => Buffer.concat([blake2b512(challenge), nonce]);

export function stampHolds(stamp, stubHash) {
    const [, puzzle, effort, seed, base64] = /^(equihash-96-5) ([1-9]\d*) ([0-9a-f]{32}) (\S+)$/.exec(stamp) ?? [];
    const solution = Buffer.from(base64 ?? "", "base64");
    if (solution.length !== 76) return false;
    const challenge = challengeOf(puzzle, effort, seed, stubHash);
    return underTarget(challenge, effort, solution)
        && equihash.holds(inputOf(challenge, solution.subarray(0, 8)), solution.subarray(8));
}

/// Answers a price note: tries nonces until a solution of one is under the target.
export function payStamp(price, stub) {
    const [puzzle, effort, seed] = ["puzzle", "effort", "seed"].map(readNote(price).one);
    const challenge = challengeOf(puzzle, effort, seed, readNote(stub).hash);
    for (let number = 0n; ; ++number) {
        const nonce = Buffer.alloc(8);
        nonce.writeBigUInt64BE(number);
        for (const indices of equihash.solve(inputOf(challenge, nonce))) {
            const solution = Buffer.concat([nonce, indices]);
            if (underTarget(challenge, effort, solution)) return `${puzzle} ${effort} ${seed} ${solution.toString("base64")}`;
        }
    }
}
