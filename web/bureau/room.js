// @ts-check
/**
 * The page for the room: it brings itself up to date, and does nothing else.
 *
 * @module
 */

import { live } from "./live.js";

live();
