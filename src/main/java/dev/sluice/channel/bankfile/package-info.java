/** Payments by file: ISO 20022 over SFTP, pain.001 out, pain.002 and camt.054 in. */
@NullMarked
package dev.sluice.channel.bankfile;

import org.jspecify.annotations.NullMarked;
