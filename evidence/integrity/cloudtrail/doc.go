// Package cloudtrail verifies what AWS CloudTrail delivered to a bucket, from a
// plain copy of that bucket and without a network.
//
// Every hour CloudTrail writes a digest file that lists the log files of that
// hour by their hashes, names the digest before it by hash and signature, and is
// signed by AWS. The signature is metadata of the object, which a copy loses;
// but each digest holds that of the one before, so a copy shows all of them but
// the newest. The rules here are those of AWS's own description of the files;
// where AWS's command line only follows the links from the newest digest that
// it finds, this package also looks for what no digest names.
package cloudtrail
