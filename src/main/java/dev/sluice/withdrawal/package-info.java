/** Withdrawals: accepted by group commit, moved by a strict state machine. */
@NullMarked
package dev.sluice.withdrawal;

import org.jspecify.annotations.NullMarked;
