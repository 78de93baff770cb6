/** Where money goes: bank cards and IBANs, stored encrypted, shown masked. */
@NullMarked
package dev.sluice.beneficiary;

import org.jspecify.annotations.NullMarked;
