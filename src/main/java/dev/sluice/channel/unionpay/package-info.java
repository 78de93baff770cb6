/** UnionPay payouts (代付) over its 5.1.0 interface: forms signed with SHA-256 and RSA. */
@NullMarked
package dev.sluice.channel.unionpay;

import org.jspecify.annotations.NullMarked;
