/** Work distribution: group commit for what arrives, worker loops for what is due. */
@NullMarked
package dev.sluice.queue;

import org.jspecify.annotations.NullMarked;
