/** Outgoing signed webhooks, as Standard Webhooks describes them. */
@NullMarked
package dev.sluice.notify;

import org.jspecify.annotations.NullMarked;
