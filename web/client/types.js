// @ts-check
/**
 * The kinds of things that pages and protocol modules hand each other. Bytes are
 * Uint8Array; digests, points and scalars in records and on screens are lower-case
 * hexadecimal digits; times are whole seconds since 1970.
 *
 * @module
 */

/**
 * Brings one request to a service and its answer back: POST /v1/NAME (docs/online.md).
 * Rejects with Unreachable or Wait; see over() in transport.js.
 * @typedef {(name: string, request: Uint8Array) => Promise<Uint8Array>} Ask
 */

/**
 * Brings a public file of a service: GET /v1/PATH. Rejects as Ask does.
 * @typedef {(path: string) => Promise<Uint8Array>} Get
 */

/**
 * Argon2id somewhere else than in the page: 128 bytes, which the caller wipes.
 * @typedef {(job: StretchJob) => Promise<Uint8Array>} Stretch
 */

/**
 * @typedef {object} StretchJob
 * @property {Uint8Array} code the characters; wiped by who computes
 * @property {Uint8Array} salt
 * @property {number} passes
 * @property {number} memory in KiB
 * @property {number} lanes
 */

/**
 * @typedef {object} Document
 * @property {string} title
 * @property {string} media application/pdf or text/plain
 * @property {number} size
 * @property {string} sha256
 */

/**
 * @typedef {object} Option
 * @property {string} id
 * @property {string} label
 * @property {string[]} candidates
 * @property {Document[]} documents
 */

/**
 * @typedef {object} Question
 * @property {string} id
 * @property {string} title
 * @property {string[]} urns
 * @property {number} seats
 * @property {Option[]} options in the order of the draw; "blank" is not among them
 * @property {Document[]} documents
 */

/**
 * How a college logs in, and what sends the ballot.
 * @typedef {object} College
 * @property {string} id
 * @property {string} label
 * @property {{kind: string, channel: string}[]} factors
 * @property {{kind: string, channel: string}} validation
 */

/**
 * @typedef {object} Member
 * @property {string} id
 * @property {string} label
 * @property {string} role
 * @property {string} voice
 * @property {string} class
 * @property {string} rank
 * @property {string} replaces
 * @property {string} born
 * @property {string} key
 */

/** @typedef {{id: string, label: string, affiliation: string, key: string}} Party */

/**
 * @typedef {object} CodeRules
 * @property {number} length
 * @property {string} alphabet
 * @property {number} passes
 * @property {number} memory_kib
 * @property {number} lanes
 */

/**
 * What the device reads of manifest.json; the rest is there too, unread.
 * @typedef {object} Manifest
 * @property {string} record
 * @property {{id: string, label: string}} organisation
 * @property {{id: string, title: string, kind: string, profile: string, level: number}} scrutin
 * @property {College[]} colleges
 * @property {{id: string, label: string, territory: string, college: string, electors: number}[]} urns
 * @property {Question[]} questions
 * @property {{method: string}} draw
 * @property {{zone: string, open: string, close: string, count: string, grace_minutes: number, flush_minutes: number}} schedule
 * @property {{rule: string, board: string, release: string, email_after_vote: string}} publication
 * @property {{members: Member[], quorum: {count: number, clauses: {label: string, roles: string[], classes: string[], at_least: number}[]}, casting_vote: boolean}} bureau
 * @property {{id: string, holders: string[]}[]} clauses
 * @property {Party[]} mixers
 * @property {{id: string, label: string, channel: string}[]} issuers
 * @property {Party[]} witnesses
 * @property {{roll: Party, urn: Party}} platform
 * @property {number} minimum_size
 * @property {{urns: string[]}[]} merge_lists urns that are opened together where they are too small
 * @property {CodeRules} codes
 * @property {{register: string, snapshot: string, terminals: Party[]}[]} register where people vote by anonymous accounts, one entry
 * @property {{mode: string, highest_counter: number}} finality
 * @property {string[]} companions fingerprints of the scrutins that the same codes open
 * @property {string} protocol
 */

/**
 * What is asked next by the roll: docs/online.md, section 1.
 * @typedef {"none" | "email" | "sms" | "question"} Step
 */

/**
 * Where an elector stands after his login.
 * @typedef {"may-vote" | "authorised" | "voted"} State
 */

/**
 * Where an elector may vote with the same codes: a companion by its fingerprint, the
 * number of his urn in its manifest, and his own in that urn.
 * @typedef {{f: string, urn: number, elector: number}} Companion
 */

/**
 * How far a ballot is.
 * @typedef {"made" | "reserved" | "appended" | "marked"} Stage
 */

/**
 * For each question of the urn, by its identifier, the option's, or "blank".
 * @typedef {Record<string, string>} Choices
 */

/**
 * A Casting between two visits: docs/online.md, section 4. It holds no secret and
 * no choice. Bytes are in hexadecimal digits.
 * @typedef {object} Saved
 * @property {string} record isoloir/v1/casting
 * @property {string} manifest
 * @property {string} opening
 * @property {string} urn
 * @property {number} elector
 * @property {string} account y, for the roll's answers
 * @property {string} reservation the request of step 1
 * @property {string} device T
 * @property {string} signature the device's, on the ballot
 * @property {string} ballot
 * @property {Stage} stage
 * @property {string} token H(τ)
 * @property {string} authorisation
 * @property {string} promise
 * @property {string} receipt
 * @property {string} mark R ‖ s that the mark carries
 * @property {string} marked the roll's signed mark
 */

/**
 * What the urn says of a ballot. What is recorded is verified; a received ballot
 * enters the log at next at the earliest, and when the bureau closes the urn, from
 * end on, at the latest.
 * @typedef {{state: "absent"}
 *   | {state: "received", urn: string, next: number, end: number}
 *   | {state: "recorded", urn: string, index: number, size: number}} Found
 */

/**
 * Where a ballot is in the export: counted at a place in the list that was mixed, of
 * all ballots of its cell; in a cell that stays closed, being of too few; replaced by a
 * later one of its account; or absent.
 * @typedef {{state: "counted" | "closed" | "replaced" | "absent", index: number, size: number, witnesses: number, of: number, place: number, ballots: number, cell: string}} Counted
 */

/**
 * What proves that a service lied. It holds no code, key, coin nor choice.
 * @typedef {object} Evidence
 * @property {string} record isoloir/v1/evidence
 * @property {string} time RFC 3339, UTC
 * @property {string} manifest
 * @property {string} opening
 * @property {string} urn
 * @property {string} step the request, or "manifest", "opening", "receipt"
 * @property {string} check which one failed
 * @property {string} request hex, without the session
 * @property {string} answer hex
 */

export {};
