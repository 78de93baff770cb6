/** Each channel's own list of what it paid, against ours: read, compared, explained, resolved. */
@NullMarked
package dev.sluice.reconcile;

import org.jspecify.annotations.NullMarked;
