#!/usr/bin/env python3
"""A third reader of a sealed record (an "export" directory).

Written from docs/protocol.md, with docs/manifest.md for the manifest and spec/vectors for trial, and sharing no code with
the rest of the project. One file, standard library only; the group, the signatures and the sealed boxes are done here in
plain Python, so it is slow, and not constant time, which a reader of public files does not need.

    reader.py EXPORT [--fingerprint HEX] [--witness FILE]     read a record, exit 0 if everything holds, else 1
    reader.py --vectors DIR                                   run the vectors, exit 0 if every case is judged as written

Read (paragraphs of the protocol): the list of contents (13), the manifest's digest (3.2), every signed note and its
canonical text (3.1), the acts with their order, quorum and adoptions (3.4), every run of the key ceremony with its
faults, the keys and the rehearsal (4), the issuers' proofs (5), the anonymisation (6), the opening record field by field
(3.3), the logs with roots, checkpoints and witnesses, every ballot, the marks (7, 9), the cells, the mixes (8, 10), the
shares, their combination (10), the result in both forms (11), votes on paper and what members and citizens decided
together (11.1, docs/mixte.md), the timestamps (13.1), and that every file had a use (14). Of a scrutin of accounts (5.1)
the snapshot, and ballots cast at terminals; of a standing key (4.1) its ceremony under its own manifest.

Not read: whether the manifest obeys the rules and the law that it names, the software behind the three digests of the
opening record, and what is not in a record (casting but the deputies of roll and urn, codes; of challenges that nobody contests, their boxes;
whether a certificate was revoked). Every section is tried even when another failed, as far as it can be; what is printed
is what was read and what did not hold.
"""

import argparse
import base64
import datetime
import fractions
import functools
import hashlib
import json
import os
import re
import sys
import unicodedata
import zoneinfo


def sha256(data):
    return hashlib.sha256(data).digest()


def sha512(data):
    return hashlib.sha512(data).digest()


class Refused(Exception):
    """Something does not hold. For proofs the text is the name of the rule, as in the vectors (protocol 2)."""


def need(condition, message):
    if not condition:
        raise Refused(message)


def le(n, size):
    return n.to_bytes(size, "little")


# ---------------------------------------------------------------------------------------------------------------------
# The curve of Ed25519, and ristretto255 upon it (RFC 8032, RFC 9496). A point is (X, Y, Z, T), x = X/Z, y = Y/Z,
# xy = T/Z. Only the encoding tells ristretto255 from the curve.

P = 2**255 - 19
ELL = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = 19681161376707505956807079304988542015446066515923890162744021073123829784752
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVSQRT_A_MINUS_D = 54469307008909316920995813868745141605393597292927456921205312896311721017578
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) ** 2 % P
assert SQRT_M1 ** 2 % P == P - 1 and SQRT_AD_MINUS_ONE ** 2 % P == (-D - 1) % P
assert INVSQRT_A_MINUS_D ** 2 * (-1 - D) % P == 1

IDENTITY = (0, 1, 1, 0)
ZERO32 = bytes(32)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * D * p[3] * q[3] % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p):
    a, b, c = p[0] * p[0] % P, p[1] * p[1] % P, 2 * p[2] * p[2] % P
    h = a + b
    e = h - (p[0] + p[1]) ** 2
    g = a - b
    f = c + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p):
    return -p[0] % P, p[1], p[2], -p[3] % P


def product(terms):
    """The product of point^scalar over all (scalar, point): windows of four bits, the doublings being shared."""
    tables, scalars = [], []
    for k, p in terms:
        k %= ELL
        if k == 0:
            continue
        table = [IDENTITY, p]
        while len(table) < 16:
            table.append(add(table[-1], p))
        tables.append(table)
        scalars.append(k)
    result = IDENTITY
    top = max((k.bit_length() for k in scalars), default=0)
    for shift in range((top + 3) // 4 * 4 - 4, -4, -4):
        if result is not IDENTITY:
            result = double(double(double(double(result))))
        for k, table in zip(scalars, tables):
            digit = k >> shift & 15
            if digit:
                result = add(result, table[digit])
    return result


def multiply(k, p):
    return product([(k, p)])


def same(p, q):
    """Equality in ristretto255: equal up to the points that it identifies."""
    return (p[0] * q[1] - p[1] * q[0]) % P == 0 or (p[1] * q[1] - p[0] * q[0]) % P == 0


def is_identity(p):
    return same(p, IDENTITY)


def root_of_ratio(u, v):
    """SQRT_RATIO_M1 of RFC 9496."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    u %= P
    flipped = check == -u % P
    if flipped or check == -u * SQRT_M1 % P:
        r = r * SQRT_M1 % P
    return check == u or flipped, absolute(r)


def absolute(x):
    x %= P
    return P - x if x & 1 else x


@functools.lru_cache(maxsize=200000)
def decode_point(data):
    """A ristretto255 point from its canonical 32 bytes, or None."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or s & 1:
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    square, inverse = root_of_ratio(1, v * u2 * u2 % P)
    dx = inverse * u2 % P
    x, y = absolute(2 * s * dx), u1 * inverse * dx * v % P
    t = x * y % P
    if not square or t & 1 or y == 0:
        return None
    return x, y, 1, t


def encode_point(p):
    x, y, z, t = p
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    _, inverse = root_of_ratio(1, u1 * u2 * u2 % P)
    d1, d2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = d1 * d2 * t % P
    d = d2
    if t * z_inverse % P & 1:
        x, y, d = y * SQRT_M1 % P, x * SQRT_M1 % P, d1 * INVSQRT_A_MINUS_D % P
    if x * z_inverse % P & 1:
        y = -y
    return le(absolute(d * (z - y)), 32)


def decode_edwards(data):
    """A point of the curve itself from RFC 8032's encoding, or None: for keys of signatures."""
    y = int.from_bytes(data, "little") & (1 << 255) - 1
    if len(data) != 32 or y >= P:
        return None
    square, x = root_of_ratio(y * y - 1, D * y * y + 1)
    sign = data[31] >> 7
    if not square or x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


G = decode_edwards(le(4 * pow(5, -1, P) % P, 32))
G_BYTES = encode_point(G)
assert G_BYTES.hex() == "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"


@functools.lru_cache(maxsize=None)
def prime_order(key):
    """Whether a key of a signature is canonical and of prime order: no point of small order, no torsion component."""
    def zero(p):
        return p[0] % P == 0 and (p[1] - p[2]) % P == 0
    a = decode_edwards(key)
    return a is not None and not zero(double(double(double(a)))) and zero(add(multiply(ELL - 1, a), a))


def verify_ed25519(key, message, signature):
    a = decode_edwards(key)
    s = int.from_bytes(signature[32:], "little")
    if a is None or len(signature) != 64 or s >= ELL:
        return False
    k = int.from_bytes(sha512(signature[:32] + key + message), "little")
    x, y, z, _ = product([(s, G), (k, negate(a))])
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return le(y | (x & 1) << 255, 32) == signature[:32]


def map_to_group(t):
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * ONE_MINUS_D_SQ % P, (-1 - r * D) * (r + D) % P
    square, s = root_of_ratio(u, v)
    if square:
        c = -1
    else:
        s, c = -absolute(s * t) % P, r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def hash_to_group(dst, message):
    """Hash(dst, m) of protocol 1: RFC 9380 appendix B, with expand_message_xmd over SHA-512."""
    suffix = dst + bytes([len(dst)])
    b0 = sha512(bytes(128) + message + (64).to_bytes(2, "big") + b"\0" + suffix)
    b1 = sha512(b0 + b"\1" + suffix)
    halves = [int.from_bytes(h, "little") & (1 << 255) - 1 for h in (b1[:32], b1[32:])]
    return add(map_to_group(halves[0]), map_to_group(halves[1]))


@functools.lru_cache(maxsize=100000)
def generator(i):
    """h_i of the label that both shuffles use."""
    return double(hash_to_group(b"isoloir/v1/shuffle", le(i, 8)))


# --- Bytes to points and scalars, with the names of refusals ----------------------------------------------------------

def point(data, identity=False):
    need(len(data) == 32, "length")
    p = decode_point(bytes(data))
    need(p is not None, "not canonical")
    need(identity or data != ZERO32, "identity")
    return p


def scalar(data):
    need(len(data) == 32, "length")
    n = int.from_bytes(data, "little")
    need(n < ELL, "not canonical")
    return n


def split(data, size=32):
    need(len(data) % size == 0, "length")
    return [data[i:i + size] for i in range(0, len(data), size)]


def points(data, identity=False):
    return [point(b, identity) for b in split(data)]


# ---------------------------------------------------------------------------------------------------------------------
# Transcript (protocol 2)

class Transcript:
    def __init__(self, proof, manifest, opening, urn, amendment=0):
        self.hash = hashlib.sha512()
        self.frame(0, "isoloir/v1", proof.encode())
        self.append("manifest", manifest)
        self.append("opening", opening)
        self.append("urn", urn)
        if amendment:
            self.append("amendment", le(amendment, 4))

    def frame(self, tag, label, data):
        label = label.encode()
        self.hash.update(bytes([tag]) + le(len(label), 8) + label + le(len(data), 8) + data)

    def append(self, label, data):
        self.frame(1, label, data.encode() if isinstance(data, str) else data)

    def appends(self, **labels):
        """One append for each name, in order; _ stands for a hyphen."""
        for label, data in labels.items():
            self.append(label.replace("_", "-"), data)

    def challenge(self, label):
        self.frame(2, label, b"")
        d = self.hash.digest()
        self.frame(3, label, d)
        return d

    def scalar(self, label):
        return int.from_bytes(self.challenge(label), "little") % ELL

    def vector(self, label, n):
        return weights(self.challenge(label), range(n))


def weights(d, indices):
    blocks = {}
    result = []
    for i in indices:
        j = i // 4
        if j not in blocks:
            blocks[j] = sha512(b"isoloir/v1/vector" + d + le(j, 8))
        at = 16 * (i % 4)
        result.append(int.from_bytes(blocks[j][at:at + 16], "little"))
    return result


# ---------------------------------------------------------------------------------------------------------------------
# Proofs. Each takes bytes, and raises Refused with the name of the rule that fails.

def parse_proof(proof, commitments, responses):
    need(len(proof) == 32 * (commitments + responses), "length")
    parts = split(proof)
    return [point(b) for b in parts[:commitments]], [scalar(b) for b in parts[commitments:]]


def prove_logarithm(t, key, proof):
    """Schnorr: R = g^ω, g^s = R·key^c. The statement is on the transcript already, but for the commitment."""
    (r,), (s,) = parse_proof(proof, 1, 1)
    t.append("commitment", proof[:32])
    c = t.scalar("c")
    need(same(multiply(s, G), add(r, multiply(c, key))), "proof")


def prove_equal(t, key, base, image, proof):
    """Equal logarithms of key to g and of image to base."""
    (r1, r2), (s,) = parse_proof(proof, 2, 1)
    t.append("commitment", proof[:64])
    c = t.scalar("c")
    need(same(multiply(s, G), add(r1, multiply(c, key))), "proof")
    need(same(multiply(s, base), add(r2, multiply(c, image))), "proof")


def check_constant(f, run, holder, clause, coefficients, proof):
    """Protocol 4, step 2: knowledge of the constant term. The other coefficients may be the identity."""
    parts = split(coefficients)
    need(parts, "count")
    constant = [point(b, i > 0) for i, b in enumerate(parts)][0]
    t = Transcript("ceremony/constant", f, ZERO32, "")
    t.appends(run=le(run, 4), holder=holder, clause=clause, base=G_BYTES, coefficients=coefficients)
    prove_logarithm(t, constant, proof)


def check_complaint(f, run, clause, dealer, receiver, key, ephemeral, shared, proof):
    """Protocol 4, step 3."""
    x, e, k = point(key), point(ephemeral), point(shared)
    t = Transcript("ceremony/complaint", f, ZERO32, "")
    t.appends(run=le(run, 4), clause=clause, dealer=dealer, receiver=receiver, base=G_BYTES, key=key, ephemeral=ephemeral,
              shared=shared)
    prove_equal(t, x, e, k, proof)


def check_enrolment(f, urn, issuer, keys, proof, opening=ZERO32, amendment=0):
    """Protocol 5, 6.1: knowledge of the logarithms of all keys of a file."""
    a = points(keys)
    need(a, "count")
    (r,), (s,) = parse_proof(proof, 1, 1)
    t = Transcript("enrolment", f, opening, urn, amendment)
    t.appends(issuer=issuer, base=G_BYTES, keys=keys, commitment=proof[:32])
    e = t.vector("e", len(a))
    need(same(multiply(s, G), add(r, product(zip(e, a)))), "proof")


def check_key(kind, f, o, urn, key, fields, proof):
    """Knowledge of the logarithm of a key. account: made on a card (5); reserve: the elector's signature upon his mark (9);
    device: upon the key of the device by which he votes (12), which no export carries."""
    y = point(key)
    t = Transcript(kind, f, o, urn)
    t.append("base", G_BYTES)
    t.append("key" if kind == "account" else "account", key)
    t.appends(**fields)
    prove_logarithm(t, y, proof)


def check_ballot(f, o, urn, urn_base, key, account, counter, previous, ciphertexts, proof):
    """Protocol 7."""
    pairs = split(ciphertexts, 64)
    need(pairs, "count")
    base, y = point(urn_base), point(account)
    point(key)
    c1 = [point(b[:32]) for b in pairs]
    for b in pairs:
        point(b[32:], True)
    w = len(pairs)
    r, s = parse_proof(proof, w + 1, w + 1)
    t = Transcript("ballot", f, o, urn)
    t.appends(base=G_BYTES, urn_base=urn_base, key=key, account=account, counter=le(counter, 4), previous=previous,
              ciphertexts=ciphertexts, commitment=proof[:32 * (w + 1)])
    c = t.scalar("c")
    for i in range(w):
        need(same(multiply(s[i], G), add(r[i], multiply(c, c1[i]))), "proof")
    need(same(multiply(s[w], base), add(r[w], multiply(c, y))), "proof")


def share_transcript(name, f, o, cell, seal, question, clause, holder, key):
    t = Transcript(name, f, o, cell)
    t.appends(seal=seal, question=question, clause=clause, holder=holder, base=G_BYTES, key=key)
    return t


def check_share(f, o, cell, seal, question, clause, holder, key, inputs, outputs, proof):
    """Protocol 10: one proof for all shares of a list."""
    need(inputs and len(inputs) == len(outputs), "count")
    x, c1, d = point(key), points(inputs), points(outputs)
    parse_proof(proof, 2, 1)
    t = share_transcript("share", f, o, cell, seal, question, clause, holder, key)
    t.appends(inputs=inputs, outputs=outputs)
    w = t.vector("w", len(c1))
    base, image = product(zip(w, c1)), product(zip(w, d))
    t.append("combined", encode_point(base) + encode_point(image))
    prove_equal(t, x, base, image, proof)


def check_single_share(f, o, cell, seal, question, clause, holder, key, index, c1, d, proof):
    x, base, image = point(key), point(c1), point(d)
    t = share_transcript("share/single", f, o, cell, seal, question, clause, holder, key)
    t.appends(index=le(index, 4), input=c1, output=d)
    prove_equal(t, x, base, image, proof)


def check_mix(kind, statement, proof):
    """Protocol 8. Returns (weights, challenge); raises Refused with a list of names, those of the vectors.

    kind is "shuffle" (lists of ciphertexts) or "exponentiation" (lists of keys)."""
    ballots = kind == "shuffle"
    inputs, outputs, size = statement["inputs"], statement["outputs"], 64 if ballots else 32
    need(inputs, "empty")
    need(len(inputs) == len(outputs) and len(inputs) % size == 0, "length")
    n = len(inputs) // size
    need(len(proof) == 288 + 160 * n, "length")

    # The statement: everything a point; the identity refused where the text names it.
    fixed = [statement["key"]] if ballots else [statement["generator"], statement["raised"]]
    firsts = [b[:32] for b in split(inputs, size) + split(outputs, size)]
    seconds = [b[32:] for b in split(inputs, size) + split(outputs, size)] if ballots else []
    for data in fixed + firsts + seconds:
        need(decode_point(bytes(data)) is not None, "encoding")
    need(ZERO32 not in fixed + firsts, "identity")

    # The proof's bytes (8.3). Its points may be the identity.
    parts = split(proof)
    cut = [0, n, 2 * n, 3 * n, 3 * n + 5, 3 * n + 9, 4 * n + 9, 5 * n + 9]
    field = [parts[a:b] for a, b in zip(cut, cut[1:])]
    c_bytes, chain_bytes, chain_t_bytes, t_bytes = field[:4]
    lists = [[decode_point(b) for b in x] for x in field[:4]]
    need(all(p is not None for x in lists for p in x), "encoding")
    numbers = [[int.from_bytes(b, "little") for b in x] for x in field[4:]]
    need(all(k < ELL for x in numbers for k in x), "encoding")
    (cs, chain, chain_t, ts), (s, s_hat, s_prime) = lists, numbers

    tr = Transcript(kind, statement["manifest"], statement["opening"], statement["urn"], statement.get("amendment", 0))
    if ballots:
        tr.appends(seal=statement["seal"], question=statement["question"])
    tr.appends(stage=le(statement["stage"], 4), base=G_BYTES)
    if ballots:
        tr.append("key", statement["key"])
    else:
        tr.appends(generator=statement["generator"], raised=statement["raised"])
    tr.appends(inputs=inputs, outputs=outputs, permutation=b"".join(c_bytes))
    u = tr.vector("u", n)
    tr.appends(chain=b"".join(chain_bytes), commitments=b"".join(t_bytes), chain_commitments=b"".join(chain_t_bytes))
    c = tr.scalar("c")

    h = [generator(i) for i in range(n + 1)]
    product_of_u = 1
    for k in u:
        product_of_u = product_of_u * k % ELL
    decoded = [[decode_point(b[i:i + 32]) for b in split(x, size)] for x in (inputs, outputs) for i in range(0, size, 32)]
    wrong = set()

    def equation(name, t, terms):
        if not same(t, product(terms)):
            wrong.add(name)

    equation("t1", ts[0], [(-c, x) for x in cs] + [(c, x) for x in h[1:]] + [(s[0], G)])
    equation("t2", ts[1], [(-c, chain[-1]), (c * product_of_u, h[0]), (s[1], G)])
    equation("t3", ts[2], [(-c * k, x) for k, x in zip(u, cs)] + [(s[2], G)] + list(zip(s_prime, h[1:])))
    if ballots:
        a, b, a2, b2 = decoded
        key = decode_point(bytes(statement["key"]))
        equation("t4-t5", ts[3], [(-c * k, x) for k, x in zip(u, b)] + [(-s[3], key)] + list(zip(s_prime, b2)))
        equation("t4-t5", ts[4], [(-c * k, x) for k, x in zip(u, a)] + [(-s[3], G)] + list(zip(s_prime, a2)))
    else:
        y, y2 = decoded
        base, raised = (decode_point(bytes(statement[k])) for k in ("generator", "raised"))
        equation("t4-t5", ts[3], [(-s[3] * k, x) for k, x in zip(u, y)] + list(zip(s_prime, y2)))
        equation("t4-t5", ts[4], [(-c, raised), (s[3], base)])
    before = h[0]
    for i in range(n):
        equation("chain", chain_t[i], [(-c, chain[i]), (s_hat[i], G), (s_prime[i], before)])
        before = chain[i]
    if wrong == {"t1", "t2", "t3", "t4-t5", "chain"}:
        wrong = {"statement"}
    if wrong:
        raise Refused(", ".join(sorted(wrong)))
    return u, c


def option_code(f, question, option):
    """Protocol 7: the point that stands for an option."""
    q, o = question.encode(), option.encode()
    return hash_to_group(b"isoloir/v1/option", f + le(len(q), 2) + q + le(len(o), 2) + o)


def read_challenge(key, codes, record):
    """Protocol 12.1: name, places, ciphertexts (None where a place is nobody's), box."""
    w = len(codes)
    need(len(record) == 215 + 162 * w, "format")
    places, pairs = [], []
    for code, opening in zip(codes, split(record[32:32 + 34 * w], 34)):
        place, r = int.from_bytes(opening[:2], "little"), int.from_bytes(opening[2:], "little")
        need(0 < r < ELL, "format")
        places.append(place)
        pairs.append(encode_point(multiply(r, G)) + encode_point(add(code[place], multiply(r, key))) if place < len(code) else None)
    return record[:32], places, pairs, record[32 + 34 * w:]


def check_challenge(o, urn, key, codes, record, code):
    """Protocol 12.1: the places that were chosen."""
    name, places, pairs, box = read_challenge(key, codes, record)
    need(name == sha256(b"isoloir/v1/challenge" + code), "name")
    ballot = open_box(sha256(b"isoloir/v1/challenge-box" + code), box)
    need(ballot is not None, "box")
    need(sha256(ballot) == code, "code")
    w = len(codes)
    need(len(ballot) == 167 + 128 * w and ballot[0] == 1 and ballot[1:33] == o and ballot[33:35] == le(urn, 2), "ballot")
    need(ballot[67:71] != bytes(4) or ballot[71:103] == ZERO32, "ballot")
    stated = split(ballot[103:103 + 64 * w], 64)
    try:
        for pair in stated:
            point(pair[:32])
            point(pair[32:], True)
    except Refused:
        raise Refused("ballot")
    need(pairs == stated, "opening")
    return places


def lagrange(places):
    """Coefficients at 0 for the places of a quorum."""
    result = []
    for j in places:
        top = bottom = 1
        for k in places:
            if k != j:
                top, bottom = top * k % ELL, bottom * (k - j) % ELL
        result.append(top * pow(bottom, -1, ELL) % ELL)
    return result


# ---------------------------------------------------------------------------------------------------------------------
# ChaCha20-Poly1305 (RFC 8439), for the boxes of the ceremony: only opened when a complaint shows the key.

def chacha_block(key, counter, nonce):
    start = [int.from_bytes(x, "little") for x in split(b"expand 32-byte k" + key + le(counter, 4) + nonce, 4)]
    x = start[:]

    def quarter(a, b, c, d):
        for i, j, k, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[i] = x[i] + x[j] & 0xffffffff
            v = x[k] ^ x[i]
            x[k] = (v << turn | v >> 32 - turn) & 0xffffffff

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return b"".join(le(a + b & 0xffffffff, 4) for a, b in zip(x, start))


def open_box(key, box):
    """The content of a box with zero nonce and no associated data, or None."""
    nonce, text, tag = bytes(12), box[:-16], box[-16:]
    one_time = chacha_block(key, 0, nonce)
    r = int.from_bytes(one_time[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for block in split(text + bytes(-len(text) % 16) + le(0, 8) + le(len(text), 8), 16):
        total = (total + int.from_bytes(block + b"\1", "little")) * r % (2**130 - 5)
    if le((total + int.from_bytes(one_time[16:], "little")) % 2**128, 16) != tag:
        return None
    stream = b"".join(chacha_block(key, 1 + i, nonce) for i in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, stream))


def share_key(f, run, clause, dealer, receiver, ephemeral, reception, shared):
    """Protocol 4, step 2. The name in front has no length; everything after it has one."""
    data = b"isoloir/v1/share-key"
    for x in (f, le(run, 4), clause.encode(), dealer.encode(), receiver.encode(), ephemeral, reception, shared):
        data += le(len(x), 8) + x
    return sha512(data)[:32]


# ---------------------------------------------------------------------------------------------------------------------
# Timestamps (protocol 13.1): DER, RFC 3161, and of the CMS and of certificates what a token of one signer needs

HASHES = {"0609608648016503040201": "sha256", "0609608648016503040202": "sha384", "0609608648016503040203": "sha512"}
RSA = "06092a864886f70d010101"
SIGNATURES = {"06092a864886f70d01010b": "sha256", "06092a864886f70d01010c": "sha384", "06092a864886f70d01010d": "sha512",
              "06082a8648ce3d040302": "sha256", "06082a8648ce3d040303": "sha384", "06082a8648ce3d040304": "sha512"}
CURVES = {  # a field, b, order and base of the curves of NIST with a = -3, by the identifier in a key
    "06082a8648ce3d030107": (2**256 - 2**224 + 2**192 + 2**96 - 1, 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
                             0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
                             0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
                             0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5),
    "06052b81040022": (2**384 - 2**128 - 2**96 + 2**32 - 1,
                         0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
                         0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
                         0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
                         0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f),
    "06052b81040023": (2**521 - 1,
                         0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00,
                         0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409,
                         0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66,
                         0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650),
}


def tlvs(body):
    """The elements of a body in DER: (tag, body, whole)."""
    found, at = [], 0
    while at < len(body):
        need(at + 2 <= len(body) and body[at] & 31 != 31, "malformed")
        size, start = body[at + 1], at + 2
        if size & 128:
            n = size & 127
            need(1 <= n <= 4 and start + n <= len(body) and body[start], "malformed")
            size, start = int.from_bytes(body[start:start + n], "big"), start + n
            need(size >= 128, "malformed")
        need(start + size <= len(body), "malformed")
        found.append((body[at], body[start:start + size], body[at:start + size]))
        at = start + size
    return found


def parts(body, *tags, name="malformed"):
    """Exactly these elements; a tag below 0 may be missing."""
    found, out = tlvs(body), []
    for tag in tags:
        if found and found[0][0] == abs(tag):
            out.append(found.pop(0))
        else:
            need(tag < 0, name)
            out.append(None)
    need(not found, name)
    return out


def whole_number(body):
    need(body and not (len(body) > 1 and (body[0] == 0 and body[1] < 128 or body[0] == 255 and body[1] >= 128)), "malformed")
    return int.from_bytes(body, "big", signed=True)


def moment(tag, body):
    """A time of a certificate or token, in seconds since 1970 with their fraction."""
    text = body.decode("ascii", "replace")
    if tag == 0x17:
        text = ("19" if text[:2] >= "50" else "20") + text
    match = re.fullmatch(r"(\d{14})(\.\d*[1-9])?Z", text)
    need(match, "malformed")
    try:
        at = datetime.datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=datetime.timezone.utc).timestamp()
    except ValueError:
        raise Refused("malformed")
    return at + float(match[2] or 0)


class Certificate:
    def __init__(self, whole):
        (_, body, _), = parts(whole, 0x30, name="chain")
        tbs, algorithm, signature = parts(body, 0x30, 0x30, 3, name="chain")
        fields = [x for x in tlvs(tbs[1])]
        if fields[0][0] == 0xa0:
            fields.pop(0)
        need(len(fields) >= 6, "chain")
        self.whole, self.signed, self.signature = whole, tbs[2], signature[1][1:]
        self.serial, self.issuer, self.subject = whole_number(fields[0][1]), fields[2][2], fields[4][2]
        self.begins, self.ends = (moment(tag, x) for tag, x, _ in tlvs(fields[3][1]))
        self.algorithm, self.key = tlvs(algorithm[1])[0][2].hex(), fields[5][1]
        self.extensions = {}
        for tag, x, _ in fields[6:]:
            for _, extension, _ in tlvs(tlvs(x)[0][1]) if tag == 0xa3 else []:
                inner = tlvs(extension)
                self.extensions[inner[0][2].hex()] = (len(inner) == 3, inner[-1][1])

    def for_timestamps(self):
        critical, value = self.extensions.get("0603551d25", (False, b""))
        need(critical and value.hex() == "300a06082b06010505070308", "usage")
        usage = self.extensions.get("0603551d0f", (False, bytes([3, 2, 6, 0])))[1]
        need(usage[3] & 0x3f == 0 and not any(usage[4:]), "usage")
        need(not tlvs(tlvs(self.extensions.get("0603551d13", (False, bytes([0x30, 0])))[1])[0][1]), "usage")

    def sound(self):
        """What holds of every certificate, whatever it is there for."""
        for oid, (critical, _) in self.extensions.items():
            need(oid in ("0603551d0f", "0603551d13", "0603551d20", "0603551d25") or not critical, "extension")
            need(oid not in ("0603551d1e", "0603551d21", "0603551d24", "0603551d36"), "extension")
        need(self.algorithm in SIGNATURES, "algorithm")
        (_, kind, _), (_, bits, _) = tlvs(self.key)
        oids = [x.hex() for _, _, x in tlvs(kind)]
        if oids[0] == RSA:
            n, e = (whole_number(x) for _, x, _ in tlvs(tlvs(bits[1:])[0][1]))
            need(2048 <= n.bit_length() <= 8192 and e % 2 and 3 <= e < 2**31, "algorithm")
        else:
            need(oids[0] == "06072a8648ce3d0201" and oids[1:] and oids[1] in CURVES, "algorithm")
            need(bits[1] == 4 and len(bits) == 2 + 2 * ((CURVES[oids[1]][0].bit_length() + 7) // 8), "algorithm")

    def certifies(self):
        """Whether it is a certificate of those that sign others."""
        constraints = tlvs(tlvs(self.extensions.get("0603551d13", (False, b"0\0"))[1])[0][1])
        usage = self.extensions.get("0603551d0f", (False, bytes([3, 2, 0, 4])))[1]
        extended = self.extensions.get("0603551d25", (False, b"0\0"))[1]
        purposes = [x.hex() for _, _, x in tlvs(tlvs(extended)[0][1])]
        return (constraints[:1] == [(1, b"\xff", b"\1\1\xff")] and bool(usage[3] & 4)
                and (not purposes or bool({"06082b06010505070308", "0604551d2500"} & set(purposes))))

    def verifies(self, name, message, signature):
        """Whether the key of this certificate made the signature: RSA (PKCS #1 v1.5), or ECDSA on a curve of NIST."""
        (_, kind, _), (_, bits, _) = tlvs(self.key)
        oids, digest = [x for _, _, x in tlvs(kind)], hashlib.new(name, message).digest()
        if oids[0].hex() == RSA:
            n, e = (whole_number(x) for _, x, _ in tlvs(tlvs(bits[1:])[0][1]))
            need(n.bit_length() >= 2048, "algorithm")
            oid = next(bytes.fromhex(k) for k, v in HASHES.items() if v == name)
            info = bytes([0x30, len(oid) + 2]) + oid + bytes([5, 0, 4, len(digest)]) + digest
            info = bytes([0x30, len(info)]) + info
            size = (n.bit_length() + 7) // 8
            padded = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
            return len(signature) == size and pow(int.from_bytes(signature, "big"), e, n).to_bytes(size, "big") == padded
        p, b, order, x, y = CURVES[oids[1].hex()]
        r, s = (whole_number(z) for _, z, _ in parts(tlvs(signature)[0][1], 2, 2, name="signature"))
        size = (p.bit_length() + 7) // 8
        key = tuple(int.from_bytes(z, "big") for z in split(bits[2:], size))
        if not (0 < r < order and 0 < s < order and bits[1] == 4 and (key[1] ** 2 - key[0] ** 3 + 3 * key[0] - b) % p == 0):
            return False

        def plus(u, v):
            if not u or not v:
                return u or v
            if u[0] == v[0]:
                if (u[1] + v[1]) % p == 0:
                    return None
                k = 3 * (u[0] ** 2 - 1) * pow(2 * u[1], -1, p)
            else:
                k = (v[1] - u[1]) * pow(v[0] - u[0], -1, p)
            w = (k * k - u[0] - v[0]) % p
            return w, (k * (u[0] - w) - u[1]) % p

        def times(k, u):
            out = None
            while k:
                out, u, k = plus(out, u) if k & 1 else out, plus(u, u), k >> 1
            return out

        z = int.from_bytes(digest[:size], "big")
        point = plus(times(z * pow(s, -1, order) % order, (x, y)), times(r * pow(s, -1, order) % order, key))
        return bool(point) and point[0] % order == r


def read_timestamp(data):
    """What a response says: digest, time, nonce, number and the certificate that signed, by SHA-256."""
    need(len(data) <= 65536, "malformed")
    (_, body, _), = parts(data, 0x30)
    status, token = parts(body, 0x30, 0x30)
    need(tlvs(status[1])[:1] and tlvs(status[1])[0][0] == 2, "malformed")
    kind, signed = parts(token[1], 6, 0xa0)
    (_, signed, _), = parts(signed[1], 0x30)
    version, digests, content, certificates, revocation, signers = parts(signed, 2, 0x31, 0x30, -0xa0, -0xa1, 0x31)
    content_kind, octets = parts(content[1], 6, 0xa0)
    (_, info, _), = parts(octets[1], 4)
    for encoded in ([x for _, _, x in tlvs(digests[1])], [x for _, _, x in tlvs(signers[1])]):
        need(encoded == sorted(encoded), "malformed")
    read = [parts(s, 2, 0x30, 0x30, 0xa0, 0x30, 4, -0xa1) for _, s, _ in tlvs(signers[1])]
    for s in read:
        encoded = [x for _, _, x in tlvs(s[3][1])]
        need(encoded == sorted(encoded), "malformed")
    need(status[1] == bytes([2, 1, 0]), "granted")
    need(kind[2].hex() == "06092a864886f70d010702" and content_kind[2].hex() == "060b2a864886f70d0109100104" and version[1] == b"\3", "malformed")
    need(len(read) == 1, "signers")
    number, of, hashed, attributes, algorithm, signature, unsigned = read[0]
    need(number[1] == b"\1", "malformed")
    need(not revocation and not unsigned, "unsigned")

    (_, body, _), = parts(info, 0x30)
    version, policy, imprint, serial, time, _, _, nonce, _, extensions = parts(body, 2, 6, 0x30, 2, 0x18, -0x30, -1, -2, -0xa0, -0xa1)
    serial, nonce = whole_number(serial[1]), whole_number(nonce[1]) if nonce else None
    need(version[1] == b"\1" and serial > 0, "malformed")
    hash_kind, digest = parts(imprint[1], 0x30, 4)
    need(tlvs(hash_kind[1])[0][2].hex() == "0609608648016503040201" and len(digest[1]) == 32, "imprint")
    need(not extensions or all(len(tlvs(x)) == 2 for _, x, _ in tlvs(extensions[1])), "extension")
    time = moment(time[0], time[1])

    chain = [Certificate(x) for _, _, x in tlvs(certificates[1])] if certificates else []
    issuer, number = parts(of[1], 0x30, 2)
    mine = [c for c in chain if c.issuer == issuer[2] and c.serial == whole_number(number[1])]
    need(len(chain) >= 2 and mine, "chain")
    listed, plain = [x for _, x, _ in tlvs(digests[1])], lambda x: [y for _, _, y in tlvs(x)][1:] in ([], [b"\5\0"])
    need(len(listed) == 1 and tlvs(listed[0])[0] == tlvs(hashed[1])[0] and plain(listed[0]) and plain(hashed[1]) and plain(algorithm[1]), "algorithm")
    signer, name = mine[0], HASHES.get(tlvs(hashed[1])[0][2].hex())
    how = tlvs(algorithm[1])[0][2].hex()
    need(name and (how == RSA or how in SIGNATURES), "algorithm")
    found = {}
    for _, a, _ in tlvs(attributes[1]):
        oid, values = parts(a, 6, 0x31)
        need(oid[2].hex() not in found and len(tlvs(values[1])) == 1, "attribute")
        found[oid[2].hex()] = values[1]
    need(found.get("06092a864886f70d010903", b"") == content_kind[2], "attribute")
    stated = found.get("06092a864886f70d010904", b"")
    need(stated[:1] == b"\4", "attribute")
    named = found.get("060b2a864886f70d010910022f", b"")
    need(named, "attribute")
    first = tlvs(tlvs(tlvs(tlvs(named)[0][1])[0][1])[0][1])
    by = HASHES.get(tlvs(first.pop(0)[1])[0][2].hex()) if first[0][0] == 0x30 else "sha256"
    need(by and hashlib.new(by, signer.whole).digest() == first[0][1], "attribute")
    if len(first) > 1:
        names, number = parts(first[1][1], 0x30, 2, name="attribute")
        need(whole_number(number[1]) == signer.serial and [x for _, x, _ in tlvs(names[1])] == [signer.issuer], "attribute")

    signer.for_timestamps()
    for c in chain:
        c.sound()
    for c in chain:
        need(c.begins <= time <= c.ends, "validity")
    need(len({c.subject for c in chain}) == len(chain), "chain")
    order = [signer]
    while len(order) < len(chain):
        above = [c for c in chain if c not in order and c.subject == order[-1].issuer]
        need(above and above[0].certifies(), "chain")
        need(above[0].verifies(SIGNATURES[order[-1].algorithm], order[-1].signed, order[-1].signature), "chain")
        order.append(above[0])
    last = order[-1]
    if last.issuer == last.subject:
        need(last.algorithm in SIGNATURES and last.verifies(SIGNATURES[last.algorithm], last.signed, last.signature), "chain")
    else:
        above = [x for tag, x, _ in tlvs(tlvs(last.extensions.get("0603551d23", (False, b"0\0"))[1])[0][1]) if tag == 0x80]
        own = tlvs(last.extensions.get("0603551d0e", (False, b"\4\0"))[1])[0][1]
        need(above and above[0] not in (b"", own), "chain")
    if "06092a864886f70d010905" in found:
        (tag, at, _), = tlvs(found["06092a864886f70d010905"])
        need(signer.begins <= moment(tag, at) <= signer.ends, "validity")
    need(stated[2:] == hashlib.new(name, info).digest(), "signature")
    set_of = b"\x31" + attributes[2][1:]
    need(signer.verifies(SIGNATURES.get(how, name), set_of, signature[1]), "signature")
    return {"digest": digest[1].hex(), "time": time, "nonce": nonce, "serial": serial, "certificate": sha256(signer.whole).hex()}


# ---------------------------------------------------------------------------------------------------------------------
# Canonical JSON and signed notes (protocol 3.1)

SCHEMAS = {  # protocol 3.5 and 4, after record and manifest (and opening where it stands)
    "opening": "ceremony, key, clauses[clause, key, holders[holder, key]], urns[urn, electors, generator, accounts, root], "
               "enrolment[party, digest], anonymisation[party, digest], roll_key, urn_key, software, specification, client",
    "enrolment": "issuer, urns[urn, electors, keys, commitment, response]",
    "anonymisation": "mixer, stage, urns[urn, electors, input, generator, output, proof]",
    "act": "opening, seq, previous, type, time, session, present[], body{adopts[path, sha256], replaces[path, sha256], "
           "excluded[run, holder], waives[], found[urn, marks, ballots], cells[], close, reason, opinion}",
    "amendment": "opening, number, urns[urn, before, added, generator, root, struck[]]",
    "added-enrolment": "opening, amendment, issuer, urns[urn, electors, keys, commitment, response]",
    "added-anonymisation": "opening, amendment, mixer, stage, urns[urn, electors, input, generator, output, proof]",
    "roll": "opening, urn, electors, marks, file, head",
    "challenges": "opening, urn, challenges, contested, failed, file",
    "mix": "opening, seal, mixer, stage, cells[cell, questions[question, ballots, input, output, proof]]",
    "shares": "opening, seal, mix, clause, holder, cells[cell, questions[question, ballots, list, commitments[], response]]",
    "result": "opening, seal, cells[cell, urns[], electors, marks, ballots, "
              "questions[question, options[option, ballots], blank, nul]], shares[clause, holder, valid, reason]",
    "contents": "opening, files[path, size, sha256]",
    "snapshot": "register, scrutin, urns[urn, constituencies[], electors, keys]",
    "paper": "opening, minutes, urn, station, voters, file, questions[question, options[option, ballots], blank, nul]",
    "mixte": "opening, status, question, decision, opened, provisional, rules{scale, absent, several, minimum_size, options[]}, "
             "members[id, label, electorate, list, position], electorates[id, label, represented, seats, closed], "
             "counts[id, parts[electorate, direct], options[], blank, nul], "
             "result{members{options[], blank, abstain, nul}, citizens{options[], blank, abstain, nul}, mixed{options[], blank, abstain, nul}, "
             "rows[kind, name, represented, seats, present, direct, weight, options[], blank, abstain, nul]}",
    "ceremony-commit": "run, holder, board, coefficients",
    "ceremony-reveal": "run, holder, board, clauses[clause, coefficients[], proof, boxes[holder, ephemeral, box]]",
    "ceremony-check": "run, holder, board, complaints[clause, dealer, shared, proof]",
    "ceremony-seal": "run, holder, board, key, clauses[clause, key, holders[holder, key]]",
    "ceremony-rehearsal-1": "run, holder, board, clauses[clause, value, proof]",
    "ceremony-rehearsal-2": "run, holder, board, clauses[clause, value, proof]",
}
NUMBERS = {"electors", "accounts", "stage", "seq", "session", "run", "marks", "ballots", "blank", "nul", "size",
           "number", "before", "added", "struck", "amendment", "challenges", "contested", "failed", "voters", "minimum_size", "represented",
           "seats", "closed", "direct", "present", "abstain"}
NUMBERS_AT = {"mixte.counts.options", "mixte.result.rows.options"}
TEXTS_AT = {"mixte.members.list", "act.present"} | {f"mixte.result.{who}.{what}" for who in ("members", "citizens", "mixed") for what in ("blank", "abstain", "nul")}
TRUTHS = {"valid"}
HEX32 = {"manifest", "opening", "seal", "mix", "digest", "root", "sha256", "previous", "key", "generator", "ceremony", "software",
         "specification", "client", "input", "output", "list", "file", "head", "commitment", "commitments", "response",
         "board", "ephemeral", "shared", "value", "keys", "coefficients", "register", "opened", "provisional"}


SUPERVISED = 2 ** 31  # the counter of an account's first supervised ballot


# Protocol 3.5: the most that a number may be, or characters of a text.
MOST = {"act.seq": 9999, "act.session": 9999, "amendment.number": 9999, "added-enrolment.amendment": 9999, "added-anonymisation.amendment": 9999,
        "amendment.urns.before": 10**9, "amendment.urns.added": 10**8, "act.body.adopts.path": 200, "act.body.replaces.path": 200,
        "act.body.reason": 2000, "act.body.opinion": 2000, "contents.files.path": 500, "result.shares.reason": 500}


@functools.lru_cache(maxsize=None)
def schema(kind):
    tokens = re.findall(r"\w+|[\[\]{},]", ("record, " if kind == "snapshot" else "record, manifest, ") + SCHEMAS[kind]) + [""]

    def members(at):
        found = []
        while tokens[at] not in ("]", "}", ""):
            name, at = tokens[at], at + 1
            if tokens[at] in ("[", "{"):
                opener = tokens[at]
                sub, at = members(at + 1)
                found.append((name, opener, sub))
                at += 1
            else:
                found.append((name, "", None))
            if tokens[at] == ",":
                at += 1
        return found, at

    return members(0)[0]


def check_shape(value, shape, where):
    need(isinstance(value, dict) and list(value) == [name for name, _, _ in shape], f"{where}: other keys, or in another order")
    for name, kind, sub in shape:
        x, here = value[name], f"{where}.{name}"
        if kind == "{":
            check_shape(x, sub, here)
        elif kind == "[":
            need(isinstance(x, list), f"{here}: no list")
            for item in x:
                if sub:
                    check_shape(item, sub, here)
                else:
                    check_plain(name, item, here)
        else:
            check_plain(name, x, here)


def check_plain(name, x, where):
    if where in NUMBERS_AT or name in NUMBERS and where not in TEXTS_AT:
        need(type(x) is int and x >= 0, f"{where}: no whole number")
    elif name in TRUTHS:
        need(type(x) is bool, f"{where}: neither true nor false")
    else:
        need(isinstance(x, str), f"{where}: no text")
        if name in HEX32 and where not in TEXTS_AT:
            need(re.fullmatch("[0-9a-f]{64}", x), f"{where}: not 64 hex digits")
    if where in MOST:
        need((len(x) if isinstance(x, str) else x) <= MOST[where], f"{where}: more than {MOST[where]}")


def parse_canonical(data):
    """The value of a canonical JSON text; refuses every text that would not be written so again."""
    need(len(data) <= 32 << 20, "longer than 32 MiB")

    def pairs(items):
        need(len(dict(items)) == len(items), "a key is doubled")
        return dict(items)

    def never(x):
        raise Refused(f"{x} is no whole number")

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_float=never, parse_constant=never)
    except (ValueError, RecursionError) as error:
        raise Refused(f"not JSON: {error}")
    need(canonical(value, 0) + "\n" == data.decode(), "the text is not canonical")
    need(isinstance(value, dict), "no object")
    return value


def canonical(value, level):
    need(level < 16 or not isinstance(value, (dict, list)), "more than 16 levels")
    pad = "  " * (level + 1)
    if isinstance(value, dict):
        lines = [pad + canonical(k, level) + ": " + canonical(v, level + 1) for k, v in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + pad[2:] + "}" if lines else "{}"
    if isinstance(value, list):
        lines = [pad + canonical(v, level + 1) for v in value]
        return "[\n" + ",\n".join(lines) + "\n" + pad[2:] + "]" if lines else "[]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    need(isinstance(value, str), "a null")
    need(not any(unicodedata.category(ch) == "Cc" or ch in "\u2028\u2029" for ch in value), "a control character")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Key:
    """A verifier key NAME+HASH+BASE64. A witness's key (algorithm 4) signs the opening record under algorithm 1."""

    def __init__(self, text):
        self.text = text
        name, digest, data = text.split("+", 2)
        raw = base64.b64decode(data, validate=True)
        need(len(raw) == 33 and raw[0] in (1, 4), f"key of {name}: unknown algorithm")
        self.name, self.algorithm, self.key = name, raw[0], raw[1:]
        need(prime_order(self.key), f"key of {name}: not canonical, or not of prime order")
        need(self.hash(self.algorithm).hex() == digest, f"key of {name}: other hash")

    def hash(self, algorithm):
        return sha256(self.name.encode() + b"\n" + bytes([algorithm]) + self.key)[:4]


class Note:
    """A signed note: text (with its last newline), and lines (name, bytes). Signatures are checked by signers()."""

    def __init__(self, data):
        cut = data.rfind(b"\n\n")
        need(cut > 0 and data.endswith(b"\n"), "no signed note")
        self.text = data[:cut + 1]
        self.lines = []
        try:
            lines = data[cut + 2:].decode("utf-8").split("\n")[:-1]
            self.text.decode("utf-8")
            for line in lines:
                dash, name, signature = line.split(" ")
                need(dash == "\u2014", "no signature line")
                raw = base64.b64decode(signature, validate=True)
                need(base64.b64encode(raw).decode() == signature, "base64 not canonical")
                self.lines.append((name, raw))
        except ValueError as error:
            raise Refused(f"a signature line cannot be read: {error}")
        need(self.lines, "no signature")

    @property
    def digest(self):
        return sha256(self.text)

    def signers(self, allowed, cosigners=()):
        """Names of the signers. allowed sign the text (algorithm 1); cosigners as C2SP cosignature/v1 (algorithm 4).

        Any doubled, false or foreign signature refuses the note. times is left with the cosigners' instants."""
        known = {(k.name, k.hash(1)): (k, 1) for k in allowed}
        known.update({(k.name, k.hash(4)): (k, 4) for k in cosigners})
        names, self.times = [], {}
        for name, raw in self.lines:
            found = known.get((name, raw[:4]))
            need(found, f"a signature by {name}, who does not belong there, or with another key")
            need(name not in names, f"{name} signed twice")
            key, algorithm = found
            if algorithm == 1:
                good = len(raw) == 68 and verify_ed25519(key.key, self.text, raw[4:])
            else:
                good = len(raw) == 76
                if good:
                    self.times[name] = int.from_bytes(raw[4:12], "big")
                    message = b"cosignature/v1\ntime %d\n" % self.times[name] + self.text
                    good = verify_ed25519(key.key, message, raw[12:])
            need(good, f"the signature of {name} is false")
            names.append(name)
        return names

    def record(self, kind, f):
        value = parse_canonical(self.text)
        check_shape(value, schema(kind), kind)
        need(value["record"] == "isoloir/v1/" + kind, f"not a record of kind {kind}")
        need(kind == "snapshot" or value["manifest"] == f.hex(), "of another manifest")
        return value


def instant(text):
    need(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text), f"{text}: no instant")
    return int(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp())


# ---------------------------------------------------------------------------------------------------------------------
# What roll and urn say while somebody votes, by their own key or by a deputy (protocol 12). Refusals have their names.

DAY = 86_400


def note_text(data):
    cut = data.rfind(b"\n\n")
    need(cut > 0 and data.endswith(b"\n"), "form")
    return data[:cut + 1]


def signed_by(data, key, blame):
    """Refuses by blame a note that is not signed by this key alone."""
    try:
        note = Note(data)
    except Refused as refusal:
        raise Refused(blame if str(refusal) == "no signature" else "form")
    try:
        note.signers([key])
    except Refused:
        raise Refused(blame)


def certificate_of(text):
    match = re.fullmatch(rb"isoloir/v1/deputy\n([0-9a-f]{64}) (roll|urn)\n([0-9a-f]{64}) (0|[1-9][0-9]{0,14}) ([0-9]+)\n", text)
    need(match, "form")
    opening, role, key, start, end = (x.decode() for x in match.groups())
    need(int(start) % DAY == 0 and end == str(int(start) + 2 * DAY) and prime_order(bytes.fromhex(key)), "form")
    return {"opening": bytes.fromhex(opening), "role": role, "key": bytes.fromhex(key), "from": int(start)}


def hear(own, opening, now, data):
    """What was said, by the role whose own key this is. Now is 0 for who looks at no clock."""
    at = data.find(b"\nisoloir/v1/deputy\n")
    signed, certificate = (data, b"") if at < 0 else (data[:at + 1], data[at + 1:])
    match = re.fullmatch(rb"(isoloir/v1/(authorisation|promise|appended|void|marked|challenged))\n([0-9a-f]{64}) ([A-Za-z0-9][A-Za-z0-9._-]{0,39})\n([0-9a-f]{64})\n",
                         note_text(signed))
    need(match, "form")
    if certificate:
        deputy = certificate_of(note_text(certificate))
        signed_by(certificate, own, "signature")
        need(deputy["opening"] == opening, "opening")
        need(deputy["role"] == ("roll" if match[2] in (b"authorisation", b"marked") else "urn"), "role")
        raw = b"\x01" + deputy["key"]
        digest = sha256(own.name.encode() + b"\n" + raw)[:4].hex()
        signed_by(signed, Key(f"{own.name}+{digest}+{base64.b64encode(raw).decode()}"), "deputy")
        need(not now or deputy["from"] - DAY <= now < deputy["from"] + 3 * DAY, "expired")
    else:
        signed_by(signed, own, "signature")
    return {"kind": match[1].decode(), "opening": match[3].decode(), "urn": match[4].decode(), "value": match[5].decode()}


# ---------------------------------------------------------------------------------------------------------------------
# Key ceremony (protocol 4)

STEPS = ["commit", "reveal", "check", "seal"]


def message_head(note):
    """Step, run and holder that a message of the ceremony begins with; its body may be malformed."""
    head = re.match(rb'\{\n  "record": "isoloir/v1/ceremony-([a-z]+)",\n  "manifest": "[0-9a-f]{64}",\n'
                    rb'  "run": ([0-9]+),\n  "holder": "([^"]+)",\n', note.text)
    return head and tuple(x.decode() for x in head.groups())


class Run:
    """One run of the ceremony, judged from its notes.

    step is the first step that is not complete, "" at the end; faults {holder: reason}; pending, who is missing there;
    board the digest of the earlier steps; at the end key, clause_keys {clause: (bytes, {holder: bytes})}."""

    def __init__(self, manifest, f, number, holders, notes):
        self.f, self.number, self.holders = f, number, holders
        self.clauses = [c for c in manifest["clauses"]]
        self.keys = {h["member"]: Key(h["key"]) for h in manifest["holders"]}
        self.reception = {h["member"]: bytes.fromhex(h["reception"]) for h in manifest["holders"]}
        self.faults, self.pending, self.dealt, self.messages = {}, [], {}, {}
        self.step, self.board = "", sha256(b"")
        digests = b""
        for step in STEPS:
            self.board = sha256(digests)
            self.read_step(step, notes)
            getattr(self, step)()
            self.faults = {h: self.faults[h] for h in holders if h in self.faults}
            if self.faults or self.pending:
                self.step = step
                return
            digests += b"".join(self.messages[step][h][0].digest for h in self.holders)
        self.board = sha256(digests)

    def read_step(self, step, notes):
        found = self.messages[step] = {}
        for holder in self.holders:
            opening = ('{\n  "record": "isoloir/v1/ceremony-%s",\n  "manifest": "%s",\n  "run": %d,\n  "holder": "%s",\n'
                       % (step, self.f.hex(), self.number, holder)).encode()
            mine = {}
            for note in notes:
                if note.text.startswith(opening):
                    try:
                        if note.signers([self.keys[holder]]) == [holder]:
                            mine[note.text] = note
                    except Refused:
                        pass  # by anybody: no message
            if not mine:
                self.pending.append(holder)
            elif len(mine) > 1:
                self.faults[holder] = "double"
            else:
                note, = mine.values()
                try:
                    value = note.record("ceremony-" + step, self.f)
                except Refused:
                    self.faults[holder] = "malformed"
                    continue
                if value["board"] != self.board.hex():
                    self.faults[holder] = "board"
                else:
                    found[holder] = note, value

    def clauses_of(self, holder):
        return [c for c in self.clauses if holder in c["holders"]]

    def receivers(self, clause):
        return [h for h in clause["holders"] if h in self.holders]

    def commit(self):
        pass

    def reveal(self):
        for holder, (_, value) in self.messages["reveal"].items():
            try:
                self.reveal_of(holder, value)
            except Refused as refusal:
                self.faults[holder] = str(refusal)

    def reveal_of(self, holder, value):
        mine = self.clauses_of(holder)
        need([c["clause"] for c in value["clauses"]] == [c["id"] for c in mine], "malformed")
        name = holder.encode()
        data = b"isoloir/v1/coefficients" + self.f + le(self.number, 4) + le(len(name), 2) + name
        for c, clause in zip(value["clauses"], mine):
            need([b["holder"] for b in c["boxes"]] == self.receivers(clause), "malformed")
            for i, x in enumerate(c["coefficients"]):
                p = decode_point(bytes.fromhex(x))
                need(p is not None and (i > 0 or x != ZERO32.hex()), "malformed")
            for b in c["boxes"]:
                need(decode_point(bytes.fromhex(b["ephemeral"])) and b["ephemeral"] != ZERO32.hex(), "malformed")
                need(re.fullmatch("[0-9a-f]{96}", b["box"]), "malformed")
            need(re.fullmatch("[0-9a-f]{128}", c["proof"]), "malformed")
            need(len(c["coefficients"]) == clause["threshold"], "threshold")
            data += b"".join(bytes.fromhex(x) for x in c["coefficients"])
        need(self.messages["commit"][holder][1]["coefficients"] == sha256(data).hex(), "commitment")
        for c in value["clauses"]:
            coefficients = b"".join(bytes.fromhex(x) for x in c["coefficients"])
            try:
                check_constant(self.f, self.number, holder, c["clause"], coefficients, bytes.fromhex(c["proof"]))
            except Refused:
                raise Refused("proof")
            self.dealt[c["clause"], holder] = points(coefficients, True), {b["holder"]: b for b in c["boxes"]}

    def expected_share(self, clause, dealer, place):
        """g^{p(j)} from the coefficients."""
        return product([(pow(place, k, ELL), x) for k, x in enumerate(self.dealt[clause, dealer][0])])

    def check(self):
        order = {h: i for i, h in enumerate(self.keys)}
        for holder, (_, value) in self.messages["check"].items():
            mine = [c["id"] for c in self.clauses_of(holder)]
            known = [c["clause"] in mine and (c["clause"], c["dealer"]) in self.dealt for c in value["complaints"]]
            places = [(mine.index(c["clause"]), order[c["dealer"]]) for c in value["complaints"]] if all(known) else None
            if places is None or places != sorted(set(places)):
                self.faults[holder] = "malformed"
                continue
            for c in value["complaints"]:
                box = self.dealt[c["clause"], c["dealer"]][1][holder]
                shared = bytes.fromhex(c["shared"])
                try:
                    check_complaint(self.f, self.number, c["clause"], c["dealer"], holder, self.reception[holder],
                                    bytes.fromhex(box["ephemeral"]), shared, bytes.fromhex(c["proof"]))
                except (Refused, ValueError):
                    self.faults[holder] = "complaint"
                    continue
                place = next(x for x in self.clauses if x["id"] == c["clause"])["holders"].index(holder) + 1
                if self.open_share(c["clause"], c["dealer"], holder, place, shared) is None:
                    self.faults.setdefault(c["dealer"], "share")
                else:
                    self.faults[holder] = "complaint"

    def open_share(self, clause, dealer, receiver, place, shared):
        """The share in a box, or None if the box is bad."""
        box = self.dealt[clause, dealer][1][receiver]
        key = share_key(self.f, self.number, clause, dealer, receiver, bytes.fromhex(box["ephemeral"]),
                        self.reception[receiver], shared)
        content = open_box(key, bytes.fromhex(box["box"]))
        if content is None or len(content) != 32 or int.from_bytes(content, "little") >= ELL:
            return None
        share = int.from_bytes(content, "little")
        return share if same(multiply(share, G), self.expected_share(clause, dealer, place)) else None

    def seal(self):
        self.clause_keys = {}
        total = IDENTITY
        for clause in self.clauses:
            dealers = self.receivers(clause)
            key = IDENTITY
            for d in dealers:
                key = add(key, self.dealt[clause["id"], d][0][0])
            total = add(total, key)
            fragments = {}
            for h in dealers:
                p = IDENTITY
                for d in dealers:
                    p = add(p, self.expected_share(clause["id"], d, clause["holders"].index(h) + 1))
                fragments[h] = encode_point(p)
            if ZERO32 in [encode_point(key), *fragments.values()]:
                self.faults.update({h: "key" for h in dealers})
            self.clause_keys[clause["id"]] = encode_point(key), fragments
        self.key = encode_point(total)
        for holder, (_, value) in self.messages["seal"].items():
            want = [{"clause": c, "key": k.hex(), "holders": [{"holder": h, "key": x.hex()} for h, x in parts.items()]}
                    for c, (k, parts) in self.clause_keys.items()]
            if value["key"] != self.key.hex() or value["clauses"] != want:
                self.faults.setdefault(holder, "seal")

    def fragment(self, holder, secret):
        """For the vectors: what a holder adds up from his boxes, over all his clauses together."""
        result = {}
        for clause in self.clauses_of(holder):
            total = 0
            for d in self.receivers(clause):
                ephemeral = decode_point(bytes.fromhex(self.dealt[clause["id"], d][1][holder]["ephemeral"]))
                share = self.open_share(clause["id"], d, holder, clause["holders"].index(holder) + 1,
                                        encode_point(multiply(secret, ephemeral)))
                need(share is not None, f"the box of {d} for {holder} does not open")
                total += share
            result[clause["id"]] = total % ELL
        return result


def check_rehearsals(run, notes):
    """Protocol 4: notes of the rehearsals by the holders of a complete run, first medium first. Returns the number of quorums."""
    t = Transcript("ceremony/rehearsal", run.f, ZERO32, "")
    t.append("digest", run.board)
    r = t.scalar("r")
    m = hash_to_group(b"isoloir/v1/rehearsal", run.board)
    c1, c2 = multiply(r, G), add(m, multiply(r, decode_point(run.key)))
    quorums = 0
    need(len(notes) == 2 * len(run.holders), "a rehearsal is missing")
    for step in ("rehearsal-1", "rehearsal-2"):
        values = {}
        for holder in run.holders:
            note = notes.pop(0)
            need(note.signers([run.keys[holder]]) == [holder], f"{holder}: another signature")
            value = note.record("ceremony-" + step, run.f)
            need((value["run"], value["holder"], value["board"]) == (run.number, holder, run.board.hex()), f"{holder}, {step}: another statement")
            need([c["clause"] for c in value["clauses"]] == [c["id"] for c in run.clauses_of(holder)], f"{holder}, {step}: other clauses")
            for c in value["clauses"]:
                check_share(run.f, ZERO32, "rehearsal", run.board, step, c["clause"], holder, run.clause_keys[c["clause"]][1][holder],
                            encode_point(c1), bytes.fromhex(c["value"]), bytes.fromhex(c["proof"]))
                values[c["clause"], holder] = point(bytes.fromhex(c["value"]))
        parts = {}
        for clause in run.clauses:
            ring = run.receivers(clause)
            for start in range(len(ring)):
                chosen = [ring[(start + k) % len(ring)] for k in range(clause["threshold"])]
                places = [clause["holders"].index(h) + 1 for h in chosen]
                parts[clause["id"], start] = product([(k, values[clause["id"], h]) for k, h in zip(lagrange(places), chosen)])
        for clause, start in parts:
            total = c2
            for other in run.clauses:
                total = add(total, negate(parts[other["id"], start if other["id"] == clause else 0]))
            need(same(total, m), f"the quorum of {clause} from place {start + 1} does not open the test text")
            quorums += 1
    return quorums


def enough_left(manifest, holders):
    """Whether a run may be held by these: every clause above its threshold, or 1 of 1 beside others."""
    for c in manifest["clauses"]:
        left = sum(h in holders for h in c["holders"])
        if left <= c["threshold"] and not (left == c["threshold"] == 1 and len(c["holders"]) == 1 and len(manifest["clauses"]) > 1):
            return False
    return True


# ---------------------------------------------------------------------------------------------------------------------
# The Merkle tree of RFC 6962

def merkle_root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + merkle_root(leaves[:k]) + merkle_root(leaves[k:]))


def population(generator_bytes, keys):
    return sha256(generator_bytes + keys)


# ---------------------------------------------------------------------------------------------------------------------
# A whole record

class Reader:
    def __init__(self, directory, fingerprint=None, witnesses=None):
        self.directory, self.fingerprint, self.witnesses = directory, fingerprint, witnesses
        self.failed, self.cache, self.used, self.withdrawn = 0, {}, set(), []

    def run(self):
        sections = [self.manifest_section, self.contents_section, self.ceremony_section, self.rehearsal_section,
                    self.enrolment_section, self.anonymisation_section, self.opening_section, self.acts_section,
                    self.amendments_section, self.log_section, self.roll_section, self.challenges_section, self.cells_section, self.mix_section, self.shares_section,
                    self.result_section, self.paper_section, self.together_section, self.timestamps_section, self.files_section, self.outside_section]
        for section in sections:
            title = section.__doc__.split(".")[0]
            try:
                print(f"ok       {title}: {section()}")
            except Refused as refusal:
                self.failed += 1
                print(f"REFUSED  {title}: {refusal}")
            except (AttributeError, LookupError, ValueError, TypeError, ArithmeticError, RecursionError, OSError) as error:
                if self.failed and isinstance(error, (AttributeError, KeyError)):
                    print(f"left     {title}: needs what was refused above")  # what an earlier section would have set
                else:
                    print(f"REFUSED  {title}: cannot be read ({type(error).__name__}: {error})")
                self.failed += 1
            if section == self.manifest_section and self.failed:
                break
        void = getattr(self, "void", "")
        if void:
            print(f"\nTHE BUREAU ANNULLED THE VOTE, ITS RESULT IS VOID: {void!r}")
        if self.failed:
            print(f"\nNot accepted: {self.failed} of {len(sections)} sections do not hold.")
        elif self.fingerprint and self.witnesses:
            print("\nAccepted.")
        else:
            print("\nAccepted as consistent, not authenticated: give --fingerprint and --witness.")
        return 1 if self.failed or void else 0

    # --- files ---

    def data(self, path, used=True):
        if used:
            self.used.add(path)
        if path not in self.cache:
            try:
                with open(os.path.join(self.directory, path), "rb") as file:
                    self.cache[path] = file.read()
            except OSError:
                raise Refused(f"{path} is missing")
        return self.cache[path]

    def note(self, path):
        try:
            return Note(self.data(path))
        except Refused as refusal:
            raise Refused(f"{path}: {refusal}")

    def signed(self, path, kind, key):
        """A record signed by one party alone."""
        try:
            note = self.note(path)
            note.signers([key])
            value = note.record(kind, self.f)
            if "opening" in value:
                need(value["opening"] == self.o.hex(), "of another opening")
            return note, value
        except Refused as refusal:
            raise Refused(f"{path}: {refusal}")

    # --- sections: the first sentence of each docstring is its title ---

    def manifest_section(self):
        """Manifest."""
        text = self.data("manifest.json")
        m = self.manifest = parse_canonical(text)
        need(m["record"] == "isoloir/v1/manifest" and m["protocol"] == "isoloir/v1", "of another version")
        self.f = sha256(text)
        if self.fingerprint:
            need(self.f.hex() == self.fingerprint, f"its digest {self.f.hex()} is not the fingerprint given")
        self.opening_note = Note(self.data("opening.note"))
        self.o = self.opening_note.digest
        self.members = {x["id"]: x for x in m["bureau"]["members"]}
        self.member_keys = {x["id"]: Key(x["key"]) for x in m["bureau"]["members"]}
        self.urns = m["urns"]
        self.urn_number = {u["id"]: i for i, u in enumerate(m["urns"])}
        self.questions = {u["id"]: [q for q in m["questions"] if u["id"] in q["urns"]] for u in m["urns"]}
        self.witness_keys = [Key(w["key"]) for w in m["witnesses"]]
        self.mixers = [(x["id"], Key(x["key"])) for x in m["mixers"]]
        self.issuers = [(x["id"], Key(x["key"])) for x in m["issuers"]]
        self.service = {k: Key(m["platform"][k]["key"]) for k in ("roll", "urn", "contents")}
        self.register = m["register"][0] if m["register"] else None
        self.terminals = [Key(x["key"]) for x in self.register["terminals"]] if self.register else []
        self.standing = m["standing"][0] if m["standing"] else None
        self.key_manifest = bytes.fromhex(self.standing["manifest"]) if self.standing else self.f
        self.mixed_weights = m["weight"]["rule"] in ("mixed", "mixed-territory")
        for urn in self.urns:
            need(self.questions[urn["id"]], f"urn {urn['id']} has no question")
        names = [k.name for k in self.all_keys()]
        need(len(names) == len(set(names)), "two parties of one name")
        need(len({k.key for k in self.all_keys()}) == len(names), "one key under two names")
        need(enough_left(m, [h["member"] for h in m["holders"]]), "a threshold does not stay below its holders")
        return f"fingerprint {self.f.hex()}, {len(self.urns)} urns, {len(m['clauses'])} clauses"

    def all_keys(self):
        return [*self.member_keys.values(), *(k for _, k in self.mixers + self.issuers), *self.witness_keys, *self.service.values(), *self.terminals]

    def contents_section(self):
        """Contents."""
        note = self.note("contents.note")
        names = note.signers([self.service["contents"], *self.member_keys.values()])
        need(self.service["contents"].name in names, "not signed by the platform")
        self.quorum([n for n in names if n in self.members], None)
        value = note.record("contents", self.f)
        need(value["opening"] == self.o.hex(), "of another opening")
        listed = [x["path"] for x in value["files"]]
        need([p.encode() for p in listed] == sorted({p.encode() for p in listed}), "the list is not in order")
        found = set()
        for folder, folders, files in os.walk(self.directory):
            for name in files + folders:
                path = os.path.join(folder, name)
                need(not os.path.islink(path), f"{path} is a link")
                if name in files:
                    need(os.path.isfile(path), f"{path} is no regular file")
                    found.add(os.path.relpath(path, self.directory).replace(os.sep, "/"))
        over = {f"contents.{a['id']}.tsr" for a in self.manifest["timestamps"]}
        found = {x for x in found if x != "contents.note" and not x.startswith("after/") and x not in over - set(listed)}
        if found - set(listed):
            raise Refused(f"not on the list: {sorted(found - set(listed))[0]}")
        for x in value["files"]:
            data = self.data(x["path"], False)
            need(len(data) == x["size"] and sha256(data).hex() == x["sha256"], f"{x['path']} is not the file that was listed")
        self.listed = set(listed)
        return f"{len(listed)} files as listed, signed by {len(names)}"

    def quorum(self, signers, present):
        """Protocol 3.4: whether these members, of those present, make a valid act. Without a list all signers are present."""
        present = signers if present is None else present
        rule = self.manifest["bureau"]["quorum"]
        order = list(self.members)
        need(present == sorted(set(present), key=order.index), "those present are not in the manifest's order")
        need(set(signers) <= set(present), "a signer is not present")
        seated, taken = [], set()
        for x in present:
            m = self.members[x]
            if m["rank"] == "titular":
                seated.append(x)
            elif m["replaces"] not in present and m["replaces"] not in taken:
                taken.add(m["replaces"])
                seated.append(x)
        voices = [x for x in seated if self.members[x]["voice"] == "deliberative"]
        signed = [x for x in voices if x in signers]
        need(len(signed) >= rule["count"], f"only {len(signed)} voices of {rule['count']}")
        for clause in rule["clauses"]:
            count = sum(self.members[x]["role"] in clause["roles"] or self.members[x]["class"] in clause["classes"]
                        for x in seated if x in signers)
            need(count >= clause["at_least"], "a clause of the quorum is not met")
        if 2 * len(signed) <= len(voices):
            presidents = [x for x in seated if self.members[x]["role"] == "president"]
            assessors = [x for x in voices if self.members[x]["role"] == "assessor"]
            presiding = presidents[0] if presidents else min(assessors, key=lambda x: self.members[x]["born"])
            need(self.manifest["bureau"]["casting_vote"] and 2 * len(signed) == len(voices) and presiding in signed,
                 "not a majority of those present")

    def ceremony_section(self):
        """Key ceremony."""
        if self.standing:
            self.standing_manifest()
        holders = [h["member"] for h in self.manifest["holders"]]
        folder = os.path.join(self.directory, "ceremony")
        numbers = sorted(int(x) for x in os.listdir(folder))
        need(numbers == list(range(1, len(numbers) + 1)), "the runs are not numbered from 1")
        self.excluded, told = [], []
        for number in numbers:
            names = sorted(os.listdir(os.path.join(folder, str(number))))
            pattern = r"(commit|reveal|check|seal)-(.+?)(-again)?\.note"
            notes, left = [], [name for name in names if not re.fullmatch(pattern, name)]
            for name in sorted(set(names) - set(left)):
                note, match = self.note(f"ceremony/{number}/{name}"), re.fullmatch(pattern, name)
                value = message_head(note)
                need(value == (match[1], str(number), match[2]), f"{name} of run {number} is the message of another place")
                first = name.replace("-again.note", ".note")
                need(name == first or first in names and self.note(f"ceremony/{number}/{first}").text != note.text,
                     f"{name} of run {number} is no second message")
                notes.append(note)
            run = Run(self.manifest, self.key_manifest, number, holders, notes)
            reached = STEPS[:STEPS.index(run.step) + 1] if run.step else STEPS
            for name in names:
                match = re.fullmatch(pattern, name)
                need(not match or match[1] in reached and match[2] in holders, f"{name} of run {number} has no place there")
            last = number == numbers[-1]
            if last:
                need(run.step == "", f"the last run stops at {run.step or 'the end'}: faults {run.faults}, missing {run.pending}")
                expected = {f"rehearsal-{k}-{h}.note" for k in (1, 2) for h in holders}
                need(set(left) == expected, "the rehearsals of the last run are not complete")
            else:
                need(not left and run.step != "", f"run {number} was complete, or holds other files")
                out = list(run.faults) or run.pending
                out = [h for h in holders if h in out]
                self.excluded += [{"run": number, "holder": h} for h in out]
                told.append(f"run {number} void at {run.step} ({', '.join(out)})")
                holders = [h for h in holders if h not in out]
                need(enough_left(self.manifest, holders), "too few holders were left")
        need(not self.standing or run.board.hex() == self.standing["ceremony"], "it is not the ceremony that the manifest names")
        self.last_run, self.run_number, self.holders = run, numbers[-1], holders
        self.ceremony_digest, self.key = run.board, run.key
        return "; ".join(told + [f"run {numbers[-1]} by {len(holders)} holders gives the key {run.key.hex()}"])

    def standing_manifest(self):
        """Protocol 4.1: the manifest under which the key was made."""
        text, m = self.data("standing.json"), self.manifest
        own = parse_canonical(text)
        need(sha256(text) == self.key_manifest, "standing.json is not the manifest that is named")
        need(own["record"] == "isoloir/v1/manifest" and own["protocol"] == "isoloir/v1" and own["scrutin"]["profile"] == "standing",
             "standing.json is no standing manifest")
        need(own["organisation"]["id"] == m["organisation"]["id"] and own["scrutin"]["kind"] == m["scrutin"]["kind"],
             "standing.json is of another organisation or kind")
        need((own["holders"], own["clauses"]) == (m["holders"], m["clauses"]), "the holders or clauses of standing.json are others")

    def rehearsal_section(self):
        """Rehearsal."""
        paths = [f"ceremony/{self.run_number}/rehearsal-{k}-{h}.note" for k in (1, 2) for h in self.holders]
        quorums = check_rehearsals(self.last_run, [self.note(p) for p in paths])
        return f"the test text opened by {quorums} quorums, from both media of every holder"

    def enrolment_section(self):
        """Enrolment."""
        self.all_accounts = set()
        if self.register:
            return self.snapshot()
        self.accounts, digests = self.enrol({u["id"]: u["electors"] for u in self.urns})
        self.enrolment_digests = [{"party": issuer, "digest": digest} for (issuer, _), digest in zip(self.issuers, digests)]
        n = len(self.all_accounts)
        return f"{n * len(self.issuers)} half keys with proof, {n} account keys, all different"

    def snapshot(self):
        """Protocol 5.1: the accounts that the register gives, in the place of what issuers give."""
        register, rho, party = self.register, bytes.fromhex(self.register["register"]), self.service["roll"].name
        note, value = self.signed(f"enrolment/{party}.note", "snapshot", self.service["roll"])
        need(note.digest.hex() == register["snapshot"], "it is not the snapshot that the manifest names")
        need(value["register"] == register["register"] and value["scrutin"] == self.manifest["scrutin"]["id"], "the snapshot is of another register or scrutin")
        need([(u["urn"], u["electors"]) for u in value["urns"]] == [(u["id"], u["electors"]) for u in self.urns], "the snapshot has other urns or numbers")
        places = [x for u in value["urns"] for x in u["constituencies"]]
        need(all(u["constituencies"] for u in value["urns"]) and len(places) == len(set(places)), "a constituency stands in two urns, or an urn has none")
        self.accounts = {}
        for u in value["urns"]:
            urn, data = u["urn"], self.data(f"enrolment/{u['urn']}/{party}.keys")
            need(sha256(data).hex() == u["keys"] and len(data) == 96 * u["electors"], f"{urn}: another file of accounts")
            entries = split(data, 96)
            keys = [e[:32] for e in entries]
            need(keys == sorted(set(keys)), f"{urn}: the accounts do not ascend")
            for place, e in enumerate(entries, 1):
                try:
                    check_key("account", rho, ZERO32, "", e[:32], {"holder": b""}, e[32:])
                except Refused as refusal:
                    raise Refused(f"{urn}: account {place} is refused ({refusal})")
            need(not self.all_accounts & set(keys), f"{urn}: an account stands in two urns")
            self.all_accounts.update(keys)
            self.accounts[urn] = keys
        self.enrolment_digests = [{"party": party, "digest": note.digest.hex()}]
        return f"a snapshot of {len(self.all_accounts)} accounts, each with the proof of its device, all different"

    def enrol(self, electors, amendment=0):
        """Protocol 5, 6.1: the account keys of so many electors of each urn, and the digests of the statements."""
        folder, kind = (f"addenda/{amendment}/enrolment/", "added-enrolment") if amendment else ("enrolment/", "enrolment")
        lists, digests, accounts = {u: [] for u in electors}, [], {}
        for issuer, key in self.issuers:
            note, value = self.signed(f"{folder}{issuer}.note", kind, key)
            need(value["issuer"] == issuer and value.get("amendment", 0) == amendment and [u["urn"] for u in value["urns"]] == list(electors),
                 f"{issuer}: another statement")
            digests.append(note.digest.hex())
            for u in value["urns"]:
                urn, n = u["urn"], electors[u["urn"]]
                data = self.data(f"{folder}{urn}/{issuer}.keys")
                need(u["electors"] == n and len(data) == 32 * n, f"{issuer}, {urn}: another number")
                need(sha256(data).hex() == u["keys"], f"{issuer}, {urn}: another file of keys")
                try:
                    check_enrolment(self.f, urn, issuer, data, bytes.fromhex(u["commitment"] + u["response"]), self.o if amendment else ZERO32, amendment)
                except Refused as refusal:
                    raise Refused(f"{issuer}, {urn}: {refusal}")
                lists[urn].append(data)
        for urn in electors:
            keys = [encode_point(functools.reduce(add, ps)) for ps in zip(*(points(x) for x in lists[urn]))]
            need(ZERO32 not in keys, f"{urn}: an account key is the identity")
            need(len(set(keys)) == len(keys) and not self.all_accounts & set(keys), f"{urn}: two account keys are equal")
            self.all_accounts.update(keys)
            accounts[urn] = keys
        return accounts, digests

    def anonymisation_section(self):
        """Anonymisation."""
        anonymous, digests = self.anonymise(self.accounts)
        self.anonymisation_digests = [{"party": mixer, "digest": digest} for (mixer, _), digest in zip(self.mixers, digests)]
        self.anonymous = {u: [x] for u, x in anonymous.items()}  # the populations of each urn: generator, keys
        return f"{len(self.mixers)} stages, {len(self.mixers) * sum(len(keys) for _, keys in anonymous.values())} keys in all"

    def anonymise(self, accounts, amendment=0):
        """Protocol 6, 6.1: generator and keys after the last stage, by urn, and the digests of the statements."""
        folder, kind = (f"addenda/{amendment}/anonymisation/", "added-anonymisation") if amendment else ("anonymisation/", "anonymisation")
        now, digests = {u: (G_BYTES, b"".join(keys)) for u, keys in accounts.items()}, []
        for stage, (mixer, key) in enumerate(self.mixers, 1):
            note, value = self.signed(f"{folder}{stage}.note", kind, key)
            need(value["mixer"] == mixer and value["stage"] == stage and value.get("amendment", 0) == amendment
                 and [u["urn"] for u in value["urns"]] == list(now), f"{mixer}: another statement")
            digests.append(note.digest.hex())
            for u in value["urns"]:
                urn, (base, keys) = u["urn"], now[u["urn"]]
                where = f"stage {stage} of {urn}"
                output = self.data(f"{folder}{urn}/{stage}.keys")
                proof = self.data(f"{folder}{urn}/{stage}.proof")
                raised = bytes.fromhex(u["generator"])
                need(u["electors"] == len(keys) // 32, f"{where}: another number")
                need(u["input"] == population(base, keys).hex(), f"{where}: another input")
                need(u["output"] == population(raised, output).hex(), f"{where}: another output than stated")
                need(u["proof"] == sha256(proof).hex(), f"{where}: another proof than stated")
                try:
                    check_mix("exponentiation", {"manifest": self.f, "opening": self.o if amendment else ZERO32, "amendment": amendment, "urn": urn,
                                                 "stage": stage, "generator": base, "raised": raised, "inputs": keys, "outputs": output}, proof)
                except Refused as refusal:
                    raise Refused(f"{where}: the proof fails ({refusal})")
                now[urn] = raised, output
        return {u: (base, split(keys)) for u, (base, keys) in now.items()}, digests

    def amendments_section(self):
        """Amendments of the roll."""
        self.struck, added = {u["id"]: set() for u in self.urns}, 0
        for number, adopts in enumerate(self.amendments, 1):
            where = f"addenda/{number}/"
            note, value = self.signed(where + "roll.note", "amendment", self.service["roll"])
            need(value["number"] == number and [u["urn"] for u in value["urns"]] == list(self.accounts), f"{where}: another amendment")
            more, digests = {}, [note.digest.hex()]
            for u in value["urns"]:
                urn, struck = u["urn"], u["struck"]
                need(u["before"] == len(self.accounts[urn]), f"{where}, {urn}: other numbers")
                need(struck == sorted(set(struck)) and not self.struck[urn] & set(struck) and all(x < u["before"] for x in struck),
                     f"{where}, {urn}: it strikes off somebody twice, out of order, or nobody who has a number")
                self.struck[urn].update(struck)
                need(u["added"] == 0 or u["added"] >= self.manifest["minimum_size"], f"{where}, {urn}: it adds {u['added']}")
                if u["added"]:
                    more[urn] = u["added"]
                else:
                    need(u["generator"] == u["root"] == ZERO32.hex(), f"{where}, {urn}: a generator of nobody")
                need(len(self.accounts[urn]) + u["added"] > len(self.struck[urn]), f"{where}, {urn}: nobody is left")
            need(more or any(u["struck"] for u in value["urns"]), f"{where}: it changes nothing")
            if more:
                accounts, enrolled = self.enrol(more, number)
                anonymous, anonymised = self.anonymise(accounts, number)
                digests += enrolled + anonymised
                for u in value["urns"]:
                    urn = u["urn"]
                    if urn in more:
                        base, keys = anonymous[urn]
                        need(u["generator"] == base.hex() and u["root"] == merkle_root(keys).hex(), f"{where}, {urn}: another generator or root")
                        need(not any(set(keys) & set(others) for _, others in self.anonymous[urn]), f"{where}, {urn}: an account key is there already")
                        self.anonymous[urn].append((base, keys))
                        self.accounts[urn] += accounts[urn]
                        added += len(keys)
            paths = [where + "roll.note"]
            if more:
                paths += [f"{where}enrolment/{i}.note" for i, _ in self.issuers] + [f"{where}anonymisation/{s}.note" for s in range(1, len(self.mixers) + 1)]
            need(adopts == list(zip(paths, digests)), f"{where}: the act does not adopt exactly its notes")
        self.electors = {u: len(keys) - len(self.struck[u]) for u, keys in self.accounts.items()}
        return f"{len(self.amendments)}, {added} electors added with proof, {sum(len(x) for x in self.struck.values())} struck off"

    def opening_section(self):
        """Opening record."""
        note = self.opening_note
        names = note.signers([*self.member_keys.values(), *self.witness_keys])
        for w in self.witness_keys:
            need(w.name in names, f"{w.name} did not sign")
        members = [x for x in self.members if x in names]
        self.quorum(members, None)
        value = self.opening_value = note.record("opening", self.f)
        run = self.last_run
        want = {
            "ceremony": self.ceremony_digest.hex(), "key": self.key.hex(),
            "clauses": [{"clause": c, "key": k.hex(), "holders": [{"holder": h, "key": x.hex()} for h, x in parts.items()]}
                        for c, (k, parts) in run.clause_keys.items()],
            "urns": [{"urn": u["id"], "electors": u["electors"], "generator": self.anonymous[u["id"]][0][0].hex(),
                      "accounts": len(self.anonymous[u["id"]][0][1]), "root": merkle_root(self.anonymous[u["id"]][0][1]).hex()} for u in self.urns],
            "enrolment": self.enrolment_digests, "anonymisation": self.anonymisation_digests,
            "roll_key": self.service["roll"].text, "urn_key": self.service["urn"].text,
        }
        for name, x in want.items():
            need(value[name] == x, f"its {name} is not what was recomputed")
        return f"o = {self.o.hex()}, every field recomputed; signed by {len(members)} members and {len(self.witness_keys)} witnesses"

    def acts_section(self):
        """Acts."""
        names = sorted(os.listdir(os.path.join(self.directory, "acts")))
        schedule, addenda = self.manifest["schedule"], self.manifest["addenda"]
        closes, begins, grace = instant(schedule["close"]), instant(schedule["open"]), 60 * schedule["grace_minutes"]
        previous, last, time, session, suspended = ZERO32.hex(), "", 0, 1, False
        self.amendments, self.authorities = [], []
        self.acts, self.appended, self.small, self.software = [], [], [], self.opening_value["software"]
        titled = [h["member"] for h in self.manifest["holders"]]
        waived, seats, count = [], self.seats(), instant(schedule["count"]) if schedule["count"] else 0
        during = {"open", "suspend", "resume", "extend", "addendum"}
        after = {
            "constitute": {""}, "ceremony": {"constitute"}, "rehearse": {"ceremony", "rehearse"}, "enrol": {"rehearse"},
            "anonymise": {"enrol"}, "open": {"anonymise"}, "suspend": during, "resume": during, "extend": during,
            "withdraw": during | {"close", "append"}, "addendum": during, "close": during, "append": {"close", "append"}, "seal": {"close", "append"},
            "open-small": {"seal", "open-small"}, "mix": {"seal", "open-small"}, "decrypt": {"mix"}, "proclaim": {"decrypt"},
        }
        for number, name in enumerate(names, 1):
            note = self.note("acts/" + name)
            signers = note.signers(self.member_keys.values())
            act = note.record("act", self.f)
            kind, body = act["type"], act["body"]
            try:
                need(name == "%04d-%s.note" % (number, kind) and act["seq"] == number, "another number")
                need(act["previous"] == previous, "it does not follow the act before")
                if kind == "authority":
                    need(last not in ("", "proclaim"), f"an authority cannot follow a {last}")
                elif kind == "waive":
                    need(last in ("constitute", "ceremony", "rehearse", "enrol", "anonymise"), f"a waive cannot follow a {last}")
                else:
                    need(last in after.get(kind, set()), f"a {kind} cannot follow a {last}")
                before = not any(a["type"] == "open" for a in self.acts) and kind != "open"
                need(act["opening"] == (ZERO32 if before else self.o).hex(), "of another opening")
                need(instant(act["time"]) >= time, "earlier than the act before")
                need(act["session"] >= session, "a session of the past")
                self.quorum(signers_in_order(self.members, signers), act["present"])
                time, session, previous, last = instant(act["time"]), act["session"], note.digest.hex(), last if kind == "waive" else kind
                used = {"adopts"}
                adopts = [(a["path"], a["sha256"]) for a in body["adopts"]]
                if kind in ("suspend", "extend", "addendum", "append", "update"):
                    wanted = kind if kind != "addendum" else "client" if [p for p, _ in adopts] == ["client"] else "roll"
                    need(wanted in addenda["allowed"], "the manifest does not allow it")
                    need(body["reason"], "without a reason")
                    need(body["opinion"] or not addenda["opinion"], "without the technical committee's opinion")
                    used |= {"reason", "opinion"}
                if kind == "open":
                    empty = [x for x in seats if x not in waived and x not in (self.holders if any(a["type"] == "ceremony" for a in self.acts) else titled)]
                    need(not empty, f"no fragment for {empty}, and no act waives it")
                    need(time < closes, "after the end of voting")
                    need(body["found"] == [{"urn": u["id"], "marks": 0, "ballots": 0} for u in self.urns], "the urns were not found empty")
                    used.add("found")
                elif kind in ("suspend", "resume"):
                    need(suspended == (kind == "resume"), "suspend and resume do not alternate")
                    suspended = kind == "suspend"
                    used |= {"reason", "opinion"}
                elif kind == "extend":
                    need(time < closes < instant(body["close"]), "no later end, or too late")
                    closes = instant(body["close"])
                    used.add("close")
                elif kind == "waive":
                    need(body["reason"], "without a reason")
                    order = [x for x in seats if x not in waived and x not in (self.holders if any(a["type"] == "ceremony" for a in self.acts) else titled)]
                    need(body["waives"] and body["waives"] == [x for x in order if x in body["waives"]], "it waives other seats than those without a fragment")
                    waived += body["waives"]
                    used |= {"waives", "reason"}
                elif kind == "update":
                    need([p for p, _ in adopts] == ["software"] and body["replaces"] == [{"path": "software", "sha256": self.software}]
                         and adopts[0][1] != self.software, "it replaces another program")
                    self.software = adopts[0][1]
                    used.add("replaces")
                elif kind == "addendum":
                    need(time < closes, "after the end of voting")
                    if wanted == "roll":
                        need(adopts and adopts[0][0] == f"addenda/{len(self.amendments) + 1}/roll.note", "it adopts something else")
                        self.amendments.append(adopts)
                elif kind == "close":
                    need(time >= closes + grace, "before the end of voting")
                    self.ends, self.found_at_close = closes + grace, body["found"]
                    used.add("found")
                elif kind == "append":
                    need(adopts and {p for p, _ in adopts} <= {"log/" + u for u in self.urn_number}, "it adopts something else")
                    need(len(set(self.appended + adopts)) == len(self.appended + adopts), "it adopts a ballot again")
                    self.appended += adopts
                elif kind == "seal":
                    self.seal, self.found = note.digest, body["found"]
                    used.add("found")
                elif kind == "mix":
                    self.mixing = note.digest
                elif kind == "open-small":
                    need(body["reason"], "without a reason")
                    need(body["cells"] and not set(body["cells"]) & set(self.small), "it names no cell, or one again")
                    self.small += body["cells"]
                    used |= {"cells", "reason"}
                elif kind == "ceremony":
                    need(body["excluded"] == self.excluded, "it excludes others than the ceremony did")
                    used.add("excluded")
                expected = self.adopted(kind)
                if expected is not None:
                    need(adopts == expected, "it does not adopt what the record holds")
                elif kind == "rehearse":
                    need(adopts and [p for p, _ in adopts] == sorted({p for p, _ in adopts}), "it adopts no rehearsals")
                    need(all(re.fullmatch(r"ceremony/%d/rehearsal-.*" % self.run_number, p) and self.note(p).digest.hex() == h for p, h in adopts),
                         "it adopts no rehearsals")
                elif kind == "authority":
                    need(body["reason"] and adopts, "without a reason, or it adopts nothing")
                    named = {("timestamps/" + a["id"], a["certificate"]) for a in self.manifest["timestamps"]}
                    for x in adopts:
                        need(x not in named and x[0] in {p for p, _ in named} and x not in self.authorities, "it adopts something else")
                        self.authorities.append(x)
                    used.add("reason")
                elif kind == "withdraw":
                    need(body["reason"], "without a reason")
                    self.withdrawing(adopts)
                    used.add("reason")
                elif kind == "decrypt":
                    need(time >= count, "before the last polling station closed")
                    self.decrypting(adopts)
                for key, x in body.items():
                    need(key in used or not x, f"{key} has no place in a {kind}")
            except Refused as refusal:
                raise Refused(f"{name}: {refusal}")
            self.acts.append(act)
            if kind in ("withdraw", "authority"):  # at any time between these
                last = [a["type"] for a in self.acts if a["type"] not in ("withdraw", "authority", "waive")][-1]
        need(last == "proclaim", f"the acts end with {last}: there is no result")
        self.void = self.after_section(previous, time, session, len(names))
        return f"{len(names)}, each signed by a quorum and following the one before; seal S = {self.seal.hex()}"

    def seats(self):
        """Protocol 3.4, open: who must have a fragment, or be waived."""
        holders = {h["member"] for h in self.manifest["holders"]}
        abroad = self.manifest["scrutin"]["profile"] == "french-abroad"
        return [x for x, m in self.members.items()
                if x in holders or m["voice"] == "deliberative" and (m["rank"] == "titular" or abroad)]

    def after_section(self, previous, time, session, number):
        """Protocol 3.4: the acts beside the export. Returns why the result is void, or nothing."""
        folder, void, made, held, archived = os.path.join(self.directory, "after"), "", set(), False, 0
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            number += 1
            note = self.note("after/" + name)
            signers = note.signers(self.member_keys.values())
            act = note.record("act", self.f)
            kind, body = act["type"], act["body"]
            try:
                need(name == "%04d-%s.note" % (number, kind) and act["seq"] == number, "another number")
                need(act["previous"] == previous and act["opening"] == self.o.hex(), "it does not follow the act before")
                need(instant(act["time"]) >= time and act["session"] >= session, "earlier than the act before")
                self.quorum(signers_in_order(self.members, signers), act["present"])
                previous, time, session = note.digest.hex(), instant(act["time"]), act["session"]
                need("destroy" not in made, "nothing follows a destroy")
                adopts, once = [a["path"] for a in body["adopts"]], {"annul", "minutes", "archive"}
                need(adopts == {"minutes": ["minutes", "journal"], "archive": ["archive"], "destroy": ["destroyed"]}.get(kind, []), "it adopts something else")
                need(kind in ("annul", "minutes", "archive", "hold", "release", "destroy") and not (kind in once and kind in made), "it has no place here")
                need(kind not in ("annul", "hold", "release") or body["reason"], "without a reason")
                need(not (body["opinion"] and kind != "annul") and not any(body[x] for x in ("replaces", "excluded", "waives", "found", "cells", "close")), "it fixes what it must not")
                need(kind != "archive" or "minutes" in made, "before the minutes")
                need(kind not in ("hold", "release") or held == (kind == "release"), "hold and release do not alternate")
                if kind == "destroy":
                    need("archive" in made and not held and time >= self.retained(archived), "it is too early to destroy")
                held, archived = kind == "hold" or held and kind != "release", time if kind == "archive" else archived
                void = body["reason"] if kind == "annul" else void
                made.add(kind)
            except Refused as refusal:
                raise Refused(f"after/{name}: {refusal}")
        return void

    def retained(self, archived):
        """Protocol 3.4: the end of the retention, in seconds since 1970."""
        years, months, days = {"public-service": (2, 0, 0), "french-abroad": (0, 0, 10), "works-council": (0, 0, 15)}.get(
            self.manifest["scrutin"]["profile"], (0, 2, 0))
        zone = zoneinfo.ZoneInfo(self.manifest["schedule"]["zone"])
        day = datetime.datetime.fromtimestamp(archived, zone)
        month = day.month - 1 + months
        first = datetime.date(day.year + years + month // 12, month % 12 + 1, 1)
        end = first + datetime.timedelta(days=day.day - 1 + days + 1)
        return datetime.datetime(end.year, end.month, end.day, tzinfo=zone).timestamp()

    def adopted(self, kind):
        """What an act of this type must adopt, or None where the type has a rule of its own."""
        def notes(paths):
            return [(p, self.note(p).digest.hex()) for p in paths]
        stages = range(1, len(self.mixers) + 1)
        if kind == "constitute":
            return [("manifest.json", self.f.hex())] + ([("standing.json", self.key_manifest.hex())] if self.standing else [])
        if kind == "ceremony":
            return [("ceremony", self.ceremony_digest.hex())]
        if kind == "enrol":
            return notes([f"enrolment/{self.service['roll'].name}.note"] if self.register else [f"enrolment/{i}.note" for i, _ in self.issuers])
        if kind == "anonymise":
            return notes(f"anonymisation/{s}.note" for s in stages)
        if kind == "open":
            return [("opening.note", self.o.hex())]
        if kind == "seal":
            return notes(p for u in self.urns for p in (f"log/{u['id']}/seal.note", f"roll/{u['id']}.note")[:1 if self.register else 2]) + self.deputies() + notes(
                f"challenges/{u['id']}.note" for u in self.urns if f"challenges/{u['id']}.note" in self.listed)
        if kind == "mix":
            alone = [f"mixte/{q['id']}/provisional.note" for q in self.manifest["questions"] if self.mixed_weights]
            return notes([f"mix/{s}.note" for s in stages] + [f"paper/{name}.note" for name in self.paper_names()] + alone)
        if kind == "proclaim":
            return notes(["result.note"])
        if kind in ("authority", "withdraw", "rehearse", "decrypt", "addendum", "append", "update"):
            return None
        return []

    def roles(self):
        return ("urn",) if self.register else ("roll", "urn")

    def deputies(self):
        """Protocol 12: the lists of deputies that stand in the record, as the act that seals must adopt them."""
        adopted = []
        for role in self.roles():
            path, last = f"deputies/{role}", None
            if path not in self.listed:
                continue
            for part in self.data(path).split(b"\x1e\n"):
                certificate = certificate_of(note_text(part))
                signed_by(part, self.service[role], "signature")
                need((certificate["opening"], certificate["role"]) == (self.o, role), f"{path}: a deputy of another opening or role")
                need(last is None or last < (certificate["from"], certificate["key"]), f"{path}: out of order")
                last = certificate["from"], certificate["key"]
            adopted.append((path, sha256(self.data(path)).hex()))
        return adopted

    def withdrawing(self, adopts):
        paths = [p for p, _ in adopts]
        need(paths and paths == sorted(set(paths)) and not set(paths) & set(self.withdrawn), "it withdraws nobody, or somebody again")
        self.withdrawn += paths
        for path, digest in adopts:
            match = re.fullmatch("withdrawn/(roll|urn)/([0-9a-f]{64})[.]note", path)
            need(match and match[1] in self.roles() and self.note(path).digest.hex() == digest, f"{path} is not the record's")
            signed_by(self.data(path), self.service[match[1]], "signature")
            need(self.note(path).text.decode() == f"isoloir/v1/withdrawn\n{self.o.hex()} {match[1]}\n{match[2]}\n", f"{path}: another deputy")

    def decrypting(self, adopts):
        order = [(c["id"], h) for c in self.manifest["clauses"] for h in c["holders"] if h in self.holders]
        self.given = []
        for path, digest in adopts:
            match = re.fullmatch(r"shares/([^./]+)\.(.+)\.note", path)
            need(match and (match[1], match[2]) in order and self.note(path).digest.hex() == digest, f"{path} is not the record's")
            self.given.append((match[1], match[2]))
        need(self.given == sorted(set(self.given), key=order.index), "the shares are not in order")
        folder = os.path.join(self.directory, "shares")
        stand = {"shares/" + name for name in os.listdir(folder) if name.endswith(".note")}
        need(stand == {path for path, _ in adopts}, "it does not adopt all statements of shares that stand in the record")
        for c in self.manifest["clauses"]:
            need(sum(x == c["id"] for x, _ in self.given) >= c["threshold"], f"too few shares of {c['id']}")

    def log_section(self):
        """Logs and ballots."""
        revote = self.manifest["finality"]["mode"] == "revote"
        allowed = [{"cast": 1, "challenged": 2, "quarantined": 3, "void": 4, "supervised": 5}[x] for x in self.manifest["leaves"]]
        seen, self.counted, self.sizes, self.sealed, self.at_close, appended = {}, {}, {}, set(), {}, set(self.appended)
        ballots, self.voted = 0, {}
        for number, urn in enumerate(self.urns):
            name = urn["id"]
            data, leaves, at = self.data(f"log/{name}/leaves"), [], 0
            while at < len(data):
                size = int.from_bytes(data[at:at + 2], "big")
                need(at + 2 + size <= len(data) and size > 0, f"{name}: the last leaf is cut")
                leaves.append(data[at + 2:at + 2 + size])
                at += 2 + size
            self.check_checkpoints(name, leaves)
            accounts = {key: base for base, keys in self.anonymous[name] for key in keys}
            w = len(self.questions[name])
            chains = {}
            for i, leaf in enumerate(leaves):
                where = f"{name}, leaf {i + 1}"
                need(leaf[0] in allowed, f"{where}: a type that is not allowed")
                if leaf[0] == 4:
                    need(len(leaf) == 33, f"{where}: a void of another length")
                    continue
                b = leaf[1:] if leaf[0] != 5 else leaf[1:-96]
                need(len(b) == 167 + 128 * w, f"{where}: another length")
                need(b[0] == 1 and b[1:33] == self.o and b[33:35] == le(number, 2), f"{where}: a ballot of another version, opening or urn")
                account, counter, previous = b[35:67], int.from_bytes(b[67:71], "little"), b[71:103]
                ciphertexts, proof = b[103:103 + 64 * w], b[103 + 64 * w:]
                need(account in accounts, f"{where}: its key is not among the account keys")
                try:
                    check_ballot(self.f, self.o, name, accounts[account], self.key, account, counter, previous, ciphertexts, proof)
                except Refused as refusal:
                    raise Refused(f"{where}: the ballot is refused ({refusal})")
                for pair in split(ciphertexts, 64):
                    for half, part in ((1, pair[:32]), (2, pair[32:])):
                        need((half, part) not in seen, f"{where}: a c{half} that stands elsewhere too ({seen.get((half, part))})")
                        seen[half, part] = where
                ballots += 1
                need((leaf[0] == 5) == (counter >= SUPERVISED), f"{where}: a supervised ballot elsewhere, or another one here")
                if leaf[0] == 5:
                    said = f"isoloir/v1/supervised\n{self.o.hex()} {name}\n{sha256(b).hex()}\n".encode()
                    need(any(leaf[-96:-64] == t.key and verify_ed25519(t.key, said, leaf[-64:]) for t in self.terminals), f"{where}: no terminal has signed")
                if leaf[0] not in (1, 5):
                    continue
                chains.setdefault(account, []).append((counter, previous, sha256(b), i, ciphertexts))
            for account, chain in chains.items():
                chain.sort()
                need(revote or len(chain) == 1, f"{name}: account {account.hex()} voted {len(chain)} times")
                for begin in (0, SUPERVISED):  # by his own device, and at terminals
                    own = [x for x in chain if (x[0] >= SUPERVISED) == (begin > 0)]
                    hashes = [ZERO32] + [x[2] for x in own]
                    need([x[:2] for x in own] == list(enumerate(hashes[:-1], begin)), f"{name}: the chain of account {account.hex()} is broken or forked")
                    need(len(own) - 1 <= self.manifest["finality"]["highest_counter"], f"{name}: account {account.hex()} voted too often")
            others = {a for a, chain in chains.items() if any(("log/" + name, x[2].hex()) not in appended for x in chain)}
            self.at_close[name] = len(others)
            appended -= {("log/" + name, x[2].hex()) for chain in chains.values() for x in chain}
            self.halves, self.voted[name] = set(seen), set(chains)
            self.counted[name] = [x[4] for x in sorted((chain[-1] for chain in chains.values()), key=lambda x: x[3])]
            self.sizes[name] = len(leaves)
        need(not appended, f"an act appended a ballot that is not in the log: {sorted(appended)}")
        times = [datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") for t in sorted(self.sealed)]
        return f"{sum(self.sizes.values())} leaves under {len(self.urns)} seals, {ballots} ballots with both proofs, " \
               f"no key and no ciphertext twice; co-signed at {', '.join(times)}"

    def check_checkpoints(self, urn, leaves):
        origin = f"isoloir/v1/{self.f.hex()}/{urn}"
        parts = self.data(f"log/{urn}/checkpoints").split(b"\x1e\n")
        before = -1
        for data in parts:
            note = Note(data)
            note.signers([self.service["urn"]])
            lines = note.text.decode().split("\n")
            need(len(lines) == 4 and lines[0] == origin and re.fullmatch("0|[1-9][0-9]*", lines[1]), f"{urn}: a checkpoint of another form")
            size = int(lines[1])
            need(before >= 0 or size == 0, f"{urn}: the first checkpoint is not that of the empty log")
            need(before < size <= len(leaves), f"{urn}: the checkpoints do not grow, or pass the end")
            need(lines[2] == base64.b64encode(merkle_root(leaves[:size])).decode(), f"{urn}: the root at {size} is another")
            batch = [sha256(x) for x in leaves[max(before, 0):size]]
            need(batch == sorted(set(batch)), f"{urn}: a batch is not in the order of its hashes")
            before = size
        need(before == len(leaves), f"{urn}: leaves after the last checkpoint")
        seal = self.note(f"log/{urn}/seal.note")
        need(seal.text == note.text, f"{urn}: the seal is not the last checkpoint")
        names = seal.signers([self.service["urn"]], self.witness_keys)
        need(self.service["urn"].name in names, f"{urn}: the seal is not the urn's")
        slot = 60 * self.manifest["schedule"]["slot_minutes"]
        need(all(t % slot == 0 for t in seal.times.values()), f"{urn}: a witness's time is not rounded")
        need(3 * len(self.late(seal)) > 2 * len(self.witness_keys), f"{urn}: too few witnesses co-signed after the end of voting")
        self.sealed.update(seal.times.values())

    def late(self, seal):
        """The co-signers of a seal that count: those who may have looked after the end of voting."""
        return [name for name, t in seal.times.items() if t + 60 * self.manifest["schedule"]["slot_minutes"] > self.ends]

    def roll_section(self):
        """Marks."""
        total, self.marks = 0, {}
        for urn in self.urns:
            name = urn["id"]
            if self.register:  # nobody is marked
                self.marks[name] = len(self.counted[name])
                continue
            _, value = self.signed(f"roll/{name}.note", "roll", self.service["roll"])
            data = self.data(f"roll/{name}.marks")
            need(value["urn"] == name and value["electors"] == self.electors[name], f"{name}: another statement")
            need(sha256(data).hex() == value["file"] and len(data) == 68 * value["marks"], f"{name}: another file of marks")
            before = -1
            for mark in split(data, 68):
                elector = int.from_bytes(mark[:4], "little")
                need(before < elector < len(self.accounts[name]), f"{name}: the marks are not in order, or of nobody")
                need(elector not in self.struck[name], f"{name}: elector {elector} is marked and was struck off")
                try:
                    check_key("reserve", self.f, self.o, name, self.accounts[name][elector], {"elector": mark[:4]}, mark[4:])
                except Refused as refusal:
                    raise Refused(f"{name}: the mark of elector {elector} is refused ({refusal})")
                before = elector
            self.marks[name] = value["marks"]
            need(value["marks"] == len(self.counted[name]), f"{name}: {value['marks']} marks for {len(self.counted[name])} ballots")
            total += value["marks"]
        want = [{"urn": u["id"], "marks": self.marks[u["id"]], "ballots": len(self.counted[u["id"]])} for u in self.urns]
        need(self.found == want, "the act that seals found other numbers")
        for urn, closed in zip(self.urns, self.found_at_close):
            name = urn["id"]
            need(closed["urn"] == name and closed["ballots"] == self.at_close[name] and closed["marks"] <= self.marks[name]
                 and (not self.register or closed["marks"] == closed["ballots"]),
                 f"{name}: the act that closes found {closed['ballots']} ballots and {closed['marks']} marks, {self.at_close[name]} were there")
        need(len(self.found_at_close) == len(self.urns), "the act that closes did not look into every urn")
        if self.register:
            return "none, in a scrutin of accounts; the acts state as many as accounts with a ballot"
        return f"{total}, each signed by the elector, as many as ballots in every urn"

    def challenges_section(self):
        """Challenges."""
        key, total, opened = point(self.key), [0, 0, 0], set()
        for number, urn in enumerate(self.urns):
            name, w = urn["id"], len(self.questions[urn["id"]])
            if not self.listed & {f"challenges/{name}.note", f"challenges/{name}.list"}:
                continue
            _, value = self.signed(f"challenges/{name}.note", "challenges", self.service["urn"])
            data, size = self.data(f"challenges/{name}.list"), 247 + 162 * w
            need(value["urn"] == name and sha256(data).hex() == value["file"], f"{name}: another list of challenges")
            need(value["challenges"] > 0 and len(data) == size * value["challenges"], f"{name}: another number of challenges")
            codes = [[option_code(self.f, q["id"], x) for x in [y["id"] for y in q["options"]] + ["blank"]] for q in self.questions[name]]
            before, contested, failed = b"", 0, 0
            for entry in split(data, size):
                code, record = entry[:32], entry[32:]
                called, _, pairs, _ = read_challenge(key, codes, record)
                need(None not in pairs, f"{name}: a challenge opens no option")
                need(before < called, f"{name}: the challenges are not in order")
                before = called
                for pair in pairs:
                    for half in ((1, pair[:32]), (2, pair[32:])):
                        need(half not in opened and half not in self.halves, f"{name}: a c{half[0]} that was opened stands elsewhere too")
                        opened.add(half)
                if code != ZERO32:
                    contested += 1
                    need(called == sha256(b"isoloir/v1/challenge" + code), f"{name}: a challenge is contested by another code")
                    try:
                        check_challenge(self.o, number, key, codes, record, code)
                    except Refused:
                        failed += 1
            need((value["contested"], value["failed"]) == (contested, failed), f"{name}: {contested} challenges are contested, of which {failed} fail")
            total = [a + b for a, b in zip(total, (value["challenges"], contested, failed))]
        return f"{total[0]} ballots opened instead of cast, {total[1]} of them contested, of which {total[2]} do not verify"

    def cells_section(self):
        """Cells."""
        groups, listed = [], {u for m in self.manifest["merge_lists"] for u in m["urns"]}
        for merge in [[u] for u in self.urn_number if u not in listed] + [m["urns"] for m in self.manifest["merge_lists"]]:
            cells = [[u] for u in sorted(merge, key=self.urn_number.get)]
            while len(cells) > 1:
                cells.sort(key=lambda c: (sum(len(self.counted[u]) for u in c), self.urn_number[c[0]]))
                if sum(len(self.counted[u]) for u in cells[0]) >= self.manifest["minimum_size"]:
                    break
                cells[:2] = [sorted(cells[0] + cells[1], key=self.urn_number.get)]
            groups += cells
        groups.sort(key=lambda c: self.urn_number[c[0]])
        self.cells = []
        for number, urns in enumerate(groups, 1):
            lists = [c for u in urns for c in self.counted[u]]
            self.cells.append({"name": "+".join(urns), "urns": urns, "folder": "%03d" % number, "lists": lists})
        small = [c["name"] for c in self.cells if 0 < len(c["lists"]) < self.manifest["minimum_size"]]
        closed = set(small) - set(self.small)
        need(self.register or not closed, f"small cells without an act: {small}")
        need(set(self.small) <= set(small), "an act names a cell that is not small")
        self.open_cells = [c for c in self.cells if c["lists"] and c["name"] not in closed]
        return ", ".join(f"{c['name']} ({len(c['lists'])} ballots{', stays closed' if c['name'] in closed else ''})" for c in self.cells)

    def mix_section(self):
        """Mixes."""
        now = {(c["name"], q["id"]): b"".join(x[64 * i:64 * i + 64] for x in c["lists"])
               for c in self.open_cells for i, q in enumerate(self.questions[c["urns"][0]])}
        total = 0
        for stage, (mixer, key) in enumerate(self.mixers, 1):
            _, value = self.signed(f"mix/{stage}.note", "mix", key)
            need(value["seal"] == self.seal.hex() and value["mixer"] == mixer and value["stage"] == stage, f"{mixer}: another statement")
            need([c["cell"] for c in value["cells"]] == [c["name"] for c in self.open_cells], f"{mixer}: other cells")
            for cell, stated in zip(self.open_cells, value["cells"]):
                asked = [q["id"] for q in self.questions[cell["urns"][0]]]
                need([q["question"] for q in stated["questions"]] == asked, f"{mixer}, {cell['name']}: other questions")
                for q in stated["questions"]:
                    where = f"stage {stage} of {cell['name']}, {q['question']}"
                    source = now[cell["name"], q["question"]]
                    path = f"mix/{cell['folder']}/{q['question']}/{stage}"
                    output, proof = self.data(path + ".list"), self.data(path + ".proof")
                    need(q["ballots"] == len(source) // 64 and q["input"] == sha256(source).hex(), f"{where}: another input")
                    need(q["output"] == sha256(output).hex() and q["proof"] == sha256(proof).hex(), f"{where}: other files than stated")
                    try:
                        check_mix("shuffle", {"manifest": self.f, "opening": self.o, "urn": cell["name"], "seal": self.seal,
                                              "question": q["question"], "stage": stage, "key": self.key, "inputs": source,
                                              "outputs": output}, proof)
                    except Refused as refusal:
                        raise Refused(f"{where}: the proof fails ({refusal})")
                    now[cell["name"], q["question"]] = output
                    total += q["ballots"]
        self.mixed = now
        return f"{len(self.mixers)} stages, {total} ciphertexts in all"

    def shares_section(self):
        """Shares."""
        self.shares, self.verdicts = {}, []
        for clause, holder in self.given:
            reason = ""
            try:
                self.holder_shares(clause, holder)
            except Refused as refusal:
                reason = str(refusal)
            self.verdicts.append({"clause": clause, "holder": holder, "valid": reason == "", "reason": reason})
        self.quorums = {}
        for clause in self.manifest["clauses"]:
            valid = [v["holder"] for v in self.verdicts if v["clause"] == clause["id"] and v["valid"]]
            need(len(valid) >= clause["threshold"], f"only {len(valid)} valid holders of {clause['id']}: " +
                 ", ".join(f"{v['holder']} {v['reason']}" for v in self.verdicts if not v["valid"]))
            self.quorums[clause["id"]] = valid[:clause["threshold"]]
        left_out = [f"{v['holder']} for {v['clause']} ({v['reason']})" for v in self.verdicts if not v["valid"]]
        return f"{len(self.verdicts) - len(left_out)} holders' valid" + (f"; left out: {', '.join(left_out)}" if left_out else "")

    def holder_shares(self, clause, holder):
        """Raises Refused with the first reason of protocol 10."""
        try:
            _, value = self.signed(f"shares/{clause}.{holder}.note", "shares", self.last_run.keys[holder])
        except Refused:
            raise Refused("signature")
        need(value["seal"] == self.seal.hex() and value["mix"] == self.mixing.hex(), "seal")
        need(value["clause"] == clause and value["holder"] == holder, "statement")
        want = [(c["name"], [(q["id"], len(c["lists"])) for q in self.questions[c["urns"][0]]]) for c in self.open_cells]
        need([(c["cell"], [(q["question"], q["ballots"]) for q in c["questions"]]) for c in value["cells"]] == want, "statement")
        found = {}
        for cell, stated in zip(self.open_cells, value["cells"]):
            for q in stated["questions"]:
                try:
                    output = self.data(f"shares/{cell['folder']}/{q['question']}/{clause}.{holder}.list")
                except Refused:
                    raise Refused("file")
                need(sha256(output).hex() == q["list"] and len(output) == 32 * q["ballots"], "file")
                try:
                    found[cell["name"], q["question"]] = points(output)
                except Refused:
                    raise Refused("share")
                inputs = b"".join(x[:32] for x in split(self.mixed[cell["name"], q["question"]], 64))
                try:
                    need(len(q["commitments"]) == 2, "length")
                    check_share(self.f, self.o, cell["name"], self.seal, q["question"], clause, holder,
                                self.last_run.clause_keys[clause][1][holder], inputs, output,
                                bytes.fromhex("".join(q["commitments"]) + q["response"]))
                except Refused:
                    raise Refused("proof")
        for where, ds in found.items():
            self.shares[clause, holder, where] = ds

    def result_section(self):
        """Result."""
        note = self.note("result.note")
        self.quorum(signers_in_order(self.members, note.signers(self.member_keys.values())), None)
        value = note.record("result", self.f)
        need(value["opening"] == self.o.hex() and value["seal"] == self.seal.hex(), "of another opening or seal")
        cells, opened = [], 0
        for cell in self.cells:
            questions = []
            for q in self.questions[cell["urns"][0]]:
                names = [o["id"] for o in q["options"]] + ["blank"]
                codes = {encode_point(option_code(self.f, q["id"], x)): x for x in names}
                counts = dict.fromkeys([*names, "nul"], 0)
                where = cell["name"], q["id"]
                for i, pair in enumerate(split(self.mixed.get(where, b""), 64)):
                    terms = [(1, decode_point(pair[32:]))]
                    for clause in self.manifest["clauses"]:
                        chosen = self.quorums[clause["id"]]
                        places = [clause["holders"].index(h) + 1 for h in chosen]
                        terms += [(-k, self.shares[clause["id"], h, where][i]) for k, h in zip(lagrange(places), chosen)]
                    counts[codes.get(encode_point(product(terms)), "nul")] += 1
                    opened += 1
                questions.append({"question": q["id"], "options": [{"option": x, "ballots": counts[x]} for x in names[:-1]],
                                  "blank": counts["blank"], "nul": counts["nul"]})
            cells.append({"cell": cell["name"], "urns": cell["urns"], "electors": sum(self.electors[u] for u in cell["urns"]),
                          "marks": sum(self.marks[u] for u in cell["urns"]), "ballots": len(cell["lists"]), "questions": questions})
        for got, want in zip(value["cells"], cells):
            need(got == want, f"{want['cell']}: the result says {counts_of(got)}, the ballots {counts_of(want)}")
        need(value["cells"] == cells, "other cells")
        need(value["shares"] == self.verdicts, "the verdicts on shares are others")
        need(self.data("result.csv").decode() == self.csv(cells), "result.csv has other numbers")
        self.cell_results, self.result_digest = cells, note.digest
        return f"{opened} answers opened; " + "; ".join(f"{c['cell']}: {counts_of(c)}" for c in cells)

    def csv(self, cells):
        several = any(len(q) > 1 for q in self.questions.values())
        labels = {(q["id"], o["id"]): o["label"] for q in self.manifest["questions"] for o in q["options"]}
        rows = [["urn", "question", "option", "ballots"] if several else ["urn", "option", "ballots"]]
        for cell in cells:
            for q in cell["questions"]:
                lines = [(labels[q["question"], o["option"]], o["ballots"]) for o in q["options"]] + [("blanc", q["blank"])]
                if q["nul"]:
                    lines.append(("nul", q["nul"]))
                rows += [[cell["cell"]] + [q["question"]] * several + [label, str(n)] for label, n in lines]
        quoted = [['"' + x.replace('"', '""') + '"' if re.search('[",\r\n]', x) else x for x in row] for row in rows]
        return "".join(",".join(row) + "\n" for row in quoted)

    def paper_section(self):
        """Votes on paper."""
        self.minutes, voted, k = [], {u: set(x) for u, x in self.voted.items()}, self.manifest["minimum_size"]
        for name in self.paper_names():
            note, value = self.by_bureau(f"paper/{name}.note", "paper")
            urn, data, voters = value["urn"], self.data(f"paper/{name}.keys"), value["voters"]
            need(value["minutes"] == name and name not in self.urn_number and urn in self.urn_number, f"{name}: other minutes")
            need(0 < voters <= 10**8 and sha256(data).hex() == value["file"] and len(data) == 96 * voters, f"{name}: another number of voters")
            asked = [] if voters < k else [(q["id"], [o["id"] for o in q["options"]]) for q in self.questions[urn]]
            need([(q["question"], [o["option"] for o in q["options"]]) for q in value["questions"]] == asked, f"{name}: other questions")
            need(all(sum(o["ballots"] for o in q["options"]) + q["blank"] + q["nul"] == voters for q in value["questions"]), f"{name}: other numbers of answers")
            bases = {key: base for base, keys in self.anonymous[urn] for key in keys}
            before = b""
            for n, entry in enumerate(split(data, 96), 1):
                account = entry[:32]
                need(before < account and account in bases, f"{name}: voter {n} is out of order, or has no account of {urn}")
                need(account not in voted[urn], f"{name}: voter {n} has voted elsewhere too")
                t = Transcript("paper", self.f, self.o, urn)
                t.append("urn-base", bases[account])
                t.append("account", account)
                t.append("minutes", name.encode())
                r, s = parse_proof(entry[32:], 1, 1)
                t.append("commitment", entry[32:64])
                c = t.scalar("c")
                need(same(multiply(s[0], point(bases[account])), add(r[0], multiply(c, point(account)))), f"{name}: the proof of voter {n} fails")
                voted[urn].add(account)
                before = account
            self.minutes.append(value)
        return f"{sum(x['voters'] for x in self.minutes)} in {len(self.minutes)} minutes, each by an account that voted nowhere else"

    def paper_names(self):
        """The minutes on paper that the export has."""
        names = [re.fullmatch(r"paper/([A-Za-z0-9][A-Za-z0-9._-]{0,39})[.]note", p) for p in self.listed]
        return sorted(m[1] for m in names if m and self.mixed_weights)

    def by_bureau(self, path, kind):
        """A record that the bureau's quorum signed, its signers being those present."""
        note = self.note(path)
        self.quorum(signers_in_order(self.members, note.signers(self.member_keys.values())), None)
        value = note.record(kind, self.f)
        need(value["opening"] == self.o.hex(), f"{path}: of another opening")
        return note, value

    def together_section(self):
        """Members and citizens together."""
        told = []
        for q in self.manifest["questions"] if self.mixed_weights else []:
            folder = f"mixte/{q['id']}/"
            _, value = self.statement(q, folder + "definitive.note", "definitive")
            need(value["opened"] == self.result_digest.hex(), f"{folder}: of another result")
            before = folder + "provisional.note"
            note, first = self.statement(q, before, "provisional")
            need(not first["counts"] and first["opened"] == first["provisional"] == ZERO32.hex() and not any(e["closed"] for e in first["electorates"]),
                 f"{before}: it holds citizens' ballots")
            need(value["provisional"] == note.digest.hex(), f"{folder}: it replaces another one")
            need(all(value[x] == first[x] for x in ("decision", "rules", "members")), f"{folder}: another decision, rule or member's vote than before")
            counts, closed = self.citizens(q)
            need(value["counts"] == counts and {e["id"]: e["closed"] for e in value["electorates"]} == closed, f"{folder}: other citizens' ballots")
            rows = [["kind", "name", "represented", "seats", "present", "direct", "numerator", "denominator", *value["rules"]["options"], "blank", "abstain", "nul"]]
            for r in value["result"]["rows"]:
                rows.append([r["kind"], r["name"], r["represented"], r["seats"], r["present"], r["direct"], *r["weight"].split("/"), *r["options"],
                             r["blank"], r["abstain"], r["nul"]])
            need(self.data(folder + "table.csv").decode() == "".join(",".join(map(str, row)) + "\n" for row in rows), f"{folder}table.csv has other rows")
            told.append(q["id"] + ": " + ", ".join(f"{o} {x}" for o, x in zip(value["rules"]["options"], value["result"]["mixed"]["options"])))
        return "; ".join(told) or "no such decision"

    def statement(self, q, path, status):
        """docs/mixte.md 8: a statement on a question, of what the manifest sealed, whose result follows from its votes."""
        note, value = self.by_bureau(path, "mixte")
        weight = self.manifest["weight"]
        rules = {"scale": "constituency" if weight["rule"] == "mixed" else "territory", "absent": weight["absent"], "several": weight["several"],
                 "minimum_size": self.manifest["minimum_size"], "options": [o["id"] for o in q["options"]]}
        sealed = [(u["id"], u["label"], u["represented"], u["members"]) for u in self.urns if u["id"] in q["urns"]]
        need((value["status"], value["question"], value["decision"]) == (status, q["id"], q["title"]), f"{path}: of another decision")
        need(value["rules"] == rules and [(e["id"], e["label"], e["represented"], e["seats"]) for e in value["electorates"]] == sealed,
             f"{path}: rules or electorates that were not sealed")
        need(value["result"] == weigh(value), f"{path}: its result does not follow from its votes")
        return note, value

    def citizens(self, q):
        """Protocol 11.1: the counts of a question, and how many ballots of each electorate stay closed."""
        asked = [u for u in self.urn_number if u in q["urns"]]
        closed, counts = dict.fromkeys(asked, 0), []
        found = [(c["cell"], [(u, len(self.counted[u])) for u in c["urns"]], a) for c in self.cell_results for a in c["questions"] if a["question"] == q["id"]]
        for x in self.minutes:
            if x["urn"] in closed:
                found.append((x["minutes"], [(x["urn"], x["voters"])], next((a for a in x["questions"] if a["question"] == q["id"]), None)))
        for name, parts, a in found:
            if sum(n for _, n in parts) >= self.manifest["minimum_size"]:
                counts.append({"id": name, "parts": [{"electorate": u, "direct": n} for u, n in parts],
                               "options": [o["ballots"] for o in a["options"]], "blank": a["blank"], "nul": a["nul"]})
            else:
                for u, n in parts:
                    closed[u] += n
        return counts, closed

    def timestamps_section(self):
        """Timestamps."""
        named = {a["id"]: {a["certificate"]} for a in self.manifest["timestamps"]}
        for path, certificate in self.authorities:
            named[path[len("timestamps/"):]].add(certificate)
        if not named:
            return "the manifest names no authority"
        texts, told, seen, latest, sealed = [], [], set(), 0, False
        for a in self.acts:
            builds = {"open": "close", "close": "seal", "seal": "mix", "proclaim": ""}.get(a["type"])
            if builds is not None:
                name = "%04d-%s" % (a["seq"], a["type"])
                until = [instant(x["time"]) + 300 for x in self.acts if x["type"] == builds] + [float("inf")]
                texts.append((a["type"], f"timestamps/{name}.", self.note(f"acts/{name}.note").digest.hex(), instant(a["time"]), until[0]))
        texts.append(("contents", "contents.", self.note("contents.note").digest.hex(), 0, float("inf")))
        for kind, prefix, digest, begins, until in texts:
            given, latest = 0, max(latest, begins)
            for who, certificates in named.items():
                path = f"{prefix}{who}.tsr"
                if not os.path.lexists(os.path.join(self.directory, path)):
                    continue
                try:
                    t = read_timestamp(self.data(path))
                    need(t["certificate"] in certificates, "certificate")
                    need(t["digest"] == digest, "digest")
                    need((latest if kind == "contents" else begins) - 300 <= t["time"] <= until, "time")
                    own = {("nonce", t["nonce"]), (t["certificate"], t["serial"])}
                    need(t["nonce"] is not None and not own & seen, "nonce or serial number")
                except Refused as refusal:
                    raise Refused(f"{path}: {refusal}")
                seen |= own
                given, latest = given + 1, max(latest, t["time"])
            sealed = sealed or kind == "seal" and given > 0
            told.append(f"{kind} {given} of {len(named)}")
        need(sealed, "none over the act that sealed the urns")
        return "; ".join(told)

    def files_section(self):
        """Files."""
        need(self.listed <= self.used, f"the protocol has no use for {sorted(self.listed - self.used)[:1]} here")
        return f"all {len(self.listed)} had a use"

    def outside_section(self):
        """Anchors from outside."""
        if not self.witnesses:
            return "no witnesses' keys given" if not self.fingerprint else "fingerprint as given; no witnesses' keys given"
        keys = [Key(line) for line in self.witnesses]
        need(keys, "no witness given")
        ids = [(k.name, k.key) for k in keys]
        good = [k for k in self.witness_keys if (k.name, k.key) in ids]
        opened = self.opening_note.signers([*self.member_keys.values(), *self.witness_keys])
        sets = {"the opening record": set(opened)}
        for urn in self.urn_number:
            seal = self.note(f"log/{urn}/seal.note")
            seal.signers([self.service["urn"]], self.witness_keys)
            sets[f"the seal of {urn}"] = set(self.late(seal))
        for what, names in sets.items():
            need(3 * sum(k.name in names for k in good) > 2 * len(set(ids)), f"{what} bears too few of the witnesses given")
        return f"{len(good)} of {len(keys)} witnesses given are those of the record"


def weigh(value):
    """docs/mixte.md 1 to 6: the result of the votes in a statement, in the form of a statement."""
    rules, zero, whole = value["rules"], fractions.Fraction(0), value["rules"]["scale"] == "territory"
    electorates, options = {e["id"]: e for e in value["electorates"]}, rules["options"]
    positions = {e: [m["position"] for m in value["members"] if m["electorate"] == e] for e in electorates}
    need(len(electorates) == len(value["electorates"]) and sum(map(len, positions.values())) == len(value["members"]), "a member of no electorate")
    need(len({m["id"] for m in value["members"]}) == len(value["members"]) and len({c["id"] for c in value["counts"]}) == len(value["counts"]), "a name twice")
    rows, direct = [], {e: sum(p["direct"] for c in value["counts"] for p in c["parts"] if p["electorate"] == e) for e in electorates}
    for e, x in electorates.items():
        p = positions[e]
        need(len(p) == x["seats"] and set(p) <= {*options, "blank", "abstain", "absent"} and direct[e] + x["closed"] <= x["represented"], f"{e}: figures of no vote")
        lists = {m["list"] for m in value["members"] if m["electorate"] == e}
        need(rules["several"] != "list" or len(lists) == 1 and "" not in lists, f"{e}: members of several lists")
        rows.append({"kind": "members", "name": e, "represented": x["represented"], "seats": x["seats"], "present": len(p) - p.count("absent"),
                     "direct": direct[e], "weight": zero, "options": [p.count(o) for o in options], "blank": p.count("blank"), "abstain": p.count("abstain"), "nul": 0})
    total = {k: sum(r[k] for r in rows) for k in ("represented", "seats", "present", "direct")}
    for r in rows:
        of = total if whole else r
        r["weight"] = fractions.Fraction(of["represented"] - of["direct"], of["represented"])
    members, taken = list(rows), "present" if rules["absent"] == "zero" else "seats"
    for c in value["counts"]:
        parts = [next(r for r in members if r["name"] == p["electorate"]) for p in c["parts"]]
        n = sum(c["options"]) + c["blank"] + c["nul"]
        need(parts and n == sum(p["direct"] for p in c["parts"]) >= rules["minimum_size"] and len(c["options"]) == len(options), f"{c['id']}: figures of no count")
        need(len({p["electorate"] for p in c["parts"]}) == len(parts) and (whole or len({(r["represented"], r["seats"]) for r in parts}) == 1), f"{c['id']}: merged wrongly")
        weight = (fractions.Fraction(total[taken], total["represented"]) if whole else
                  fractions.Fraction(sum(p["direct"] * r[taken] for p, r in zip(c["parts"], parts)), n * parts[0]["represented"]))
        rows.append({"kind": "citizens", "name": c["id"], **{k: sum(r[k] for r in parts) for k in ("represented", "seats", "present")}, "direct": n,
                     "weight": weight, "options": c["options"], "blank": c["blank"], "abstain": 0, "nul": c["nul"]})

    def written(x):
        return f"{x.numerator}/{x.denominator}"

    def tally(rows, weighed):
        def add_up(of):
            return written(sum((of(r) * (r["weight"] if weighed else 1) for r in rows), zero))
        return {"options": [add_up(lambda r, i=i: r["options"][i]) for i in range(len(options))],
                **{k: add_up(lambda r, k=k: r[k]) for k in ("blank", "abstain", "nul")}}

    return {"members": tally(members, False), "citizens": tally(rows[len(members):], False), "mixed": tally(rows, True),
            "rows": [{**r, "weight": written(r["weight"])} for r in rows]}


def signers_in_order(members, names):
    return [x for x in members if x in names]


def counts_of(cell):
    return "; ".join(f"{q['question']}: " + ", ".join([f"{o['option']} {o['ballots']}" for o in q["options"]] +
                                                      [f"blank {q['blank']}", f"nul {q['nul']}"]) for q in cell["questions"])


# ---------------------------------------------------------------------------------------------------------------------
# Vectors

def unhex(case):
    """The statement of a case with its hexadecimal fields as bytes."""
    texts = {"kind", "urn", "issuer", "holder", "clause", "question", "dealer", "receiver", "name", "refused"}
    return {k: bytes.fromhex(v) if isinstance(v, str) and k not in texts else v for k, v in case.items()}


def refusal(function, *arguments):
    try:
        function(*arguments)
        return ""
    except Refused as refused:
        return str(refused)


def vector_schnorr(s, proof):
    if s["kind"] == "ceremony/constant":
        need(s["opening"] == ZERO32 and s["urn"] == "", "proof")
        check_constant(s["manifest"], s["run"], s["holder"], s["clause"], s["coefficients"], proof)
    else:
        fields = {"holder": s["holder"]} if s["kind"] == "account" else {"elector": le(s["elector"], 4)}
        if s["kind"] == "device":
            fields["device"] = s["device"]
        check_key(s["kind"], s["manifest"], s["opening"], s["urn"], s["key"], fields, proof)


def vector_equality(s, proof):
    need(s["opening"] == ZERO32 and s["urn"] == "", "proof")
    check_complaint(*(s[k] for k in "manifest run clause dealer receiver key ephemeral shared".split()), proof)


def by_fields(check, fields):
    return lambda s, proof: check(*(s[k] for k in fields.split()), proof)


PROOFS = {
    "schnorr": vector_schnorr,
    "equality": vector_equality,
    "enrolment": lambda s, proof: check_enrolment(s["manifest"], s["urn"], s["issuer"], s["keys"], proof, s["opening"]),
    "ballot": by_fields(check_ballot, "manifest opening urn urn_base key account counter previous ciphertexts"),
    "share": by_fields(check_share, "manifest opening urn seal question clause holder key inputs outputs"),
    "share_single": by_fields(check_single_share, "manifest opening urn seal question clause holder key index input output"),
}


def judge_proof(kind, case):
    return refusal(PROOFS[kind], unhex(case["statement"]), bytes.fromhex(case["proof"])), case["refused"]


def judge_transcript(case):
    t = Transcript(case["proof"], bytes.fromhex(case["manifest"]), bytes.fromhex(case["opening"]), case["urn"])
    got, want = [], []
    for step in case["steps"]:
        if step["kind"] == "append":
            t.append(step["label"], bytes.fromhex(step["data"]))
        elif step["kind"] == "scalar":
            got.append(le(t.scalar(step["label"]), 32).hex())
            want.append(step["scalar"])
        else:
            got += [le(x, 16).hex() for x in weights(t.challenge(step["label"]), step["indices"])]
            want += step["weights"]
    return got, want


def judge_elgamal(case):
    data = bytes.fromhex(case["ciphertext"])
    def read():
        need(len(data) == 64, "length")
        point(data[:32])
        point(data[32:], True)
    got, want = [refusal(read)], [case["refused"]]
    if case["code"]:
        r, key = scalar(bytes.fromhex(case["r"])), point(bytes.fromhex(case["key"]))
        code = option_code(bytes.fromhex(case["manifest"]), case["question"], case["option"])
        got += [encode_point(code), encode_point(multiply(r, G)) + encode_point(add(code, multiply(r, key)))]
        want += [bytes.fromhex(case["code"]), data]
    return got, want


def judge_challenge(case):
    f, key = bytes.fromhex(case["manifest"]), point(bytes.fromhex(case["key"]))
    codes = [[option_code(f, q["question"], o) for o in q["options"]] for q in case["questions"]]
    found = []
    def read():
        found.extend(check_challenge(bytes.fromhex(case["opening"]), case["urn"], key, codes, bytes.fromhex(case["record"]), bytes.fromhex(case["code"])))
    got = refusal(read)
    return (got, [q["options"][place] for q, place in zip(case["questions"], found)]), (case["refused"], case["choice"])


def judge_combine(case):
    f = bytes.fromhex(case["manifest"])
    codes = [encode_point(option_code(f, case["question"], o)) for o in case["options"]]
    coefficients = [lagrange(q) for q in case["quorum"]]
    shares = [point(bytes.fromhex(x)) for x in case["shares"]]
    flat = [k for q in coefficients for k in q]
    m = encode_point(product([(1, point(bytes.fromhex(case["c2"]), True))] + [(-k, d) for k, d in zip(flat, shares)]))
    got = [[c.hex() for c in codes], [[le(k, 32).hex() for k in q] for q in coefficients], codes.index(m) if m in codes else -1]
    return got, [case["codes"], case["coefficients"], case["option"]]


def judge_mix(kind, case):
    found = {}
    def run():
        found["u"], found["c"] = check_mix(kind, unhex({k: v for k, v in case.items() if k not in ("u", "c", "refused", "name")}),
                                           bytes.fromhex(case["proof"]))
    got, want = [refusal(run)], [", ".join(case.get("refused", []))]
    if "u" in case:
        got += [[le(x, 16).hex() for x in found.get("u", [])], le(found.get("c", 0), 32).hex()]
        want += [case["u"], case["c"]]
    return got, want


def judge_anonymisation(case):
    f, urn, n = bytes.fromhex(case["manifest"]), case["urn"], case["electors"]
    o, amendment = bytes.fromhex(case["opening"]), case["amendment"]
    def run():
        lists = []
        for issuer in case["issuers"]:
            keys = bytes.fromhex(issuer["keys"])
            need(len(keys) == 32 * n, "number")
            need(not refusal(check_enrolment, f, urn, issuer["issuer"], keys, bytes.fromhex(issuer["proof"]), o, amendment), "unproven")
            lists.append(points(keys))
        keys = [encode_point(functools.reduce(add, ps)) for ps in zip(*lists)]
        need(len(set(keys)) == n and ZERO32 not in keys, "equal")
        need(b"".join(keys).hex() == case["accounts"], "another product of halves")
        base, keys = G_BYTES, b"".join(keys)
        for stage, s in enumerate(case["stages"], 1):
            raised, output = bytes.fromhex(s["generator"]), bytes.fromhex(s["keys"])
            need(s["input"] == population(base, keys).hex() and s["output"] == population(raised, output).hex(), "chain")
            statement = {"manifest": f, "opening": o, "amendment": amendment, "urn": urn, "stage": stage, "generator": base, "raised": raised,
                         "inputs": keys, "outputs": output}
            need(not refusal(check_mix, "exponentiation", statement, bytes.fromhex(s["proof"])), "proof")
            base, keys = raised, output
        need(merkle_root(split(keys)).hex() == case["root"], "root")
    return refusal(run), case["refused"]


def judge_ceremony(document, case):
    text = document["manifest"].encode()
    manifest, f = parse_canonical(text), sha256(text)
    notes = document["cases"][0]["notes"] if "holds" in case else case["notes"]
    run = Run(manifest, f, 1, [h["member"] for h in manifest["holders"]], [Note(n.encode()) for n in notes])
    if "holds" in case:
        return refusal(check_rehearsals, run, [Note(n.encode()) for n in case["notes"]]) == "", case["holds"]
    got = [run.step, [] if run.faults else run.pending, [{"holder": h, "reason": r} for h, r in run.faults.items()], run.board.hex(),
           ZERO32.hex() if run.step else run.key.hex()]
    fragments = {}
    if not run.step:
        for holder, secret in document["reception"].items():
            fragments[holder] = le(sum(run.fragment(holder, int(scalar(bytes.fromhex(secret)))).values()) % ELL, 32).hex()
    return got + [fragments], [case[k] for k in ("step", "pending", "faults", "board", "key", "fragments")]


def judge_deputy(case):
    found = {}
    def run():
        found.update(hear(Key(case["key"]), bytes.fromhex(case["opening"]), case["now"], case["signed"].encode()))
    refused = refusal(run)
    return [refused, found.get("kind", ""), found.get("urn", ""), found.get("value", "")], [case[k] for k in ("refused", "kind", "urn", "value")]


def judge_timestamp(case):
    found = {}
    def run():
        found.update(read_timestamp(bytes.fromhex(case["response"])))
        need(found["digest"] == case["digest"], "digest")
        need(found["certificate"] == case["certificate"], "certificate")
    refused = refusal(run)
    got = [refused] if refused else [refused, found["time"], found["serial"], found["nonce"]]
    return got, [case["refused"]] if case["refused"] else ["", case["time"], int(case["serial"]), int(case["nonce"])]


def run_vectors(folder):
    bad = 0
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".json"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            document = json.load(file)
        kind = name[:-5]
        judges = {"transcript": judge_transcript, "deputy": judge_deputy, "timestamp": judge_timestamp, "elgamal": judge_elgamal, "challenge": judge_challenge, "combine": judge_combine, "anonymisation": judge_anonymisation,
                  "shuffle": functools.partial(judge_mix, "shuffle"), "exponentiation": functools.partial(judge_mix, "exponentiation"),
                  "ceremony": functools.partial(judge_ceremony, document)}
        judge = judges.get(kind, functools.partial(judge_proof, kind) if kind in PROOFS else None)
        if judge is None:
            print(f"left     {name}: this reader has no use for it")
            continue
        wrong = 0
        if "generators" in document and [encode_point(generator(i)).hex() for i in range(4)] != document["generators"]:
            print(f"WRONG    {name}: the generators are others")
            wrong += 1
        cases = document["cases"] + document.get("rehearsals", [])
        for case in cases:
            try:
                got, want = judge(case)
            except (KeyError, ValueError, TypeError) as error:
                got, want = f"{type(error).__name__}: {error}", "a verdict"
            if got != want:
                wrong += 1
                print(f"WRONG    {name}, {case['name']}: {got!r}, not {want!r}")
        bad += wrong
        print(f"{'ok     ' if not wrong else 'WRONG  '}  {name}: {len(cases) - wrong} of {len(cases)} cases judged as written")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("export", nargs="?", help="the directory of a sealed record")
    parser.add_argument("--fingerprint", help="f as printed with the codes, 64 hex digits")
    parser.add_argument("--witness", help="file with the witnesses' verifier keys, one in each line")
    parser.add_argument("--vectors", metavar="DIR", help="run the vectors of this directory instead")
    options = parser.parse_args()
    if options.vectors:
        return run_vectors(options.vectors)
    if not options.export:
        parser.error("name an export directory, or --vectors")
    witnesses = None
    if options.witness:
        with open(options.witness, encoding="utf-8") as file:
            witnesses = [line.strip() for line in file if line.strip()]
    return Reader(options.export, options.fingerprint, witnesses).run()


if __name__ == "__main__":
    sys.exit(main())
