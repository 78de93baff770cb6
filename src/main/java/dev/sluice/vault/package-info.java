/** Encryption of what must stay secret at rest, and keyed hashes to find it again. */
@NullMarked
package dev.sluice.vault;

import org.jspecify.annotations.NullMarked;
