/** The client of the simulated bank's own protocol: JSON over HTTP, HMAC-signed both ways. */
@NullMarked
package dev.sluice.channel.bank;

import org.jspecify.annotations.NullMarked;
