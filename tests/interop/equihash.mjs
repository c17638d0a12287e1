// Equihash with n = 96, k = 5 (docs/protocol.md, section 5.2): slow, and short enough to be compared with the text.
import { blake2b } from "@noble/hashes/blake2b";

const [INDICES, BITS, CHUNKS, MOST] = [32, 17, 6, 1 << 18];
const personalization = Buffer.from("5a63617368506f576000000005000000", "hex"); // "ZcashPoW", 96, 5

/// The five rows, of six chunks of 16 bits, that one hash gives.
function hashOf(input, number) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(number);
    return Buffer.from(blake2b(Buffer.concat([input, counter]), { dkLen: 60, personalization }));
}
const chunkOf = (hash, row, chunk) => hash.readUInt16BE(row * 12 + chunk * 2);

const inOrder = (list) => list.length === 1
    || (list[0] < list[list.length / 2] && inOrder(list.slice(0, list.length / 2)) && inOrder(list.slice(list.length / 2)));

export const pack = (indices) =>
    Buffer.from(indices.reduce((sum, index) => (sum << BigInt(BITS)) | BigInt(index), 0n).toString(16).padStart(136, "0"), "hex");

export function unpack(octets) {
    const all = BigInt("0x" + octets.toString("hex"));
    return Array.from({ length: INDICES }, (_, i) => Number((all >> BigInt(BITS * (INDICES - 1 - i))) & 0x1ffffn));
}

export function holds(input, octets) {
    if (octets.length !== INDICES * BITS / 8) return false;
    const indices = unpack(octets);
    if (!inOrder(indices) || new Set(indices).size !== INDICES) return false;
    let rows = indices.map((index) => {
        const hash = hashOf(input, Math.floor(index / 5));
        return Array.from({ length: CHUNKS }, (_, chunk) => chunkOf(hash, index % 5, chunk));
    });
    for (let step = 0; rows.length > 1; ++step) {
        rows = rows.filter((_, i) => i % 2 === 0).map((row, i) => row.map((chunk, at) => chunk ^ rows[2 * i + 1][at]));
        if (rows.some((row) => row[step] !== 0)) return false;
    }
    return rows[0].every((chunk) => chunk === 0);
}

/// Calls `use(a, b)` for every two rows that agree in a chunk.
function eachPair(table, chunk, use) {
    const ends = new Uint32Array(65537);
    for (let i = 0; i < table.count; ++i) ++ends[table.chunks[i * CHUNKS + chunk] + 1];
    for (let key = 1; key < ends.length; ++key) ends[key] += ends[key - 1];
    const order = new Uint32Array(table.count);
    const next = ends.slice();
    for (let i = 0; i < table.count; ++i) order[next[table.chunks[i * CHUNKS + chunk]]++] = i;
    for (let key = 0; key < 65536; ++key)
        for (let i = ends[key]; i < ends[key + 1]; ++i)
            for (let j = i + 1; j < ends[key + 1]; ++j) use(order[i], order[j]);
}

function leaves(input) {
    const table = { count: 1 << BITS, chunks: new Uint16Array(CHUNKS << BITS) };
    for (let index = 0, hash; index < table.count; ++index) {
        if (index % 5 === 0) hash = hashOf(input, index / 5);
        for (let chunk = 0; chunk < CHUNKS; ++chunk) table.chunks[index * CHUNKS + chunk] = chunkOf(hash, index % 5, chunk);
    }
    return table;
}

// The rows made of two that agree in chunk number `step`.
function collide(from, step) {
    const to = { count: 0, chunks: new Uint16Array(CHUNKS * MOST), pairs: new Uint32Array(2 * MOST) };
    eachPair(from, step, (a, b) => {
        if (to.count === MOST) return;
        let any = 0;
        for (let chunk = step + 1; chunk < CHUNKS; ++chunk)
            any |= to.chunks[to.count * CHUNKS + chunk] = from.chunks[a * CHUNKS + chunk] ^ from.chunks[b * CHUNKS + chunk];
        if (any) to.pairs.set([a, b], 2 * to.count++); // else the two have leaves in common
    });
    return to;
}

/// All solutions for an input.
export function solve(input) {
    const tables = [leaves(input)];
    for (let step = 0; step < 4; ++step) tables.push(collide(tables[step], step));
    const below = (level, row) => {
        if (level === 0) return [row];
        const [a, b] = [0, 1].map((side) => below(level - 1, tables[level].pairs[2 * row + side]));
        return a[0] < b[0] ? [...a, ...b] : [...b, ...a];
    };
    const found = [];
    eachPair(tables[4], 4, (a, b) => {
        if (tables[4].chunks[a * CHUNKS + 5] !== tables[4].chunks[b * CHUNKS + 5]) return;
        const [left, right] = [below(4, a), below(4, b)];
        const indices = left[0] < right[0] ? [...left, ...right] : [...right, ...left];
        if (new Set(indices).size === INDICES) found.push(pack(indices));
    });
    return found;
}
