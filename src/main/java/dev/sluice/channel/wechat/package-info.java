/** WeChat Pay: merchant transfers to users' wallets over its API v3. */
@NullMarked
package dev.sluice.channel.wechat;

import org.jspecify.annotations.NullMarked;
