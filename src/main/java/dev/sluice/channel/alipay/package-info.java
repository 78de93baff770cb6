/** Alipay: single transfers to accounts and cards over the open platform's gateway (RSA2). */
@NullMarked
package dev.sluice.channel.alipay;

import org.jspecify.annotations.NullMarked;
