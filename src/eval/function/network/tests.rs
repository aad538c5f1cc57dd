use super::super::tests::check;

#[test]
fn hosts_are_counted_from_either_end() {
    for (args, expected) in [
        (r#""10.12.127.0/20", -1"#, "10.12.127.255"),
        (r#""192.168.1.0/24", -256"#, "192.168.1.0"),
        (r#""fd00:fd12:3456:7890:00a2::/72", 34"#, "fd00:fd12:3456:7890::22"),
        (r#""010.001.0.0/16", 1"#, "10.1.0.1"),
        (r#""::ffff:10.0.0.0/104", 1"#, "0:1::ffff:a00:0"),
        (r#""1::1/64", 5"#, "1::5"),
    ] {
        check(&[("cidrhost", args, Ok(&format!("\"{expected}\"")))]);
    }
    for (args, message) in [
        (r#""192.168.1.0/24", -257"#, "prefix of 24 does not accommodate a host numbered -1"),
        (r#""10.0.0.0/8", 99999999999"#, "prefix of 8 does not accommodate a host numbered 99999999999"),
        (r#""10.0.0.0/8", 1.5"#, "value must be a whole number"),
        (r#""10.0.0.0/33", 1"#, "invalid CIDR expression: invalid CIDR address: 10.0.0.0/33"),
        (r#""10.0.0/8", 1"#, "invalid CIDR expression: invalid CIDR address: 10.0.0/8"),
    ] {
        check(&[("cidrhost", args, Err(&format!("Call to function \"cidrhost\" failed: {message}.")))]);
    }
    check(&[
        ("cidrnetmask", r#""172.16.0.0/12""#, Ok("\"255.240.0.0\"")),
        (
            "cidrnetmask",
            r#""fd00::/8""#,
            Err("Call to function \"cidrnetmask\" failed: IPv6 addresses cannot have a netmask: fd00::/8."),
        ),
    ]);
}

#[test]
fn networks_are_divided() {
    for (args, expected) in [
        (r#""172.16.0.0/12", 4, 2"#, "172.18.0.0/16"),
        (r#""10.0.0.0/8", 0, 0"#, "10.0.0.0/8"),
        (r#""10.0.0.0/8", -1, 0"#, "10.0.0.0/7"),
        (r#""10.0.0.0/8", 8, -1"#, "0.1.0.0/16"),
        (r#""2001:db8::/32", 32, 4294967295"#, "2001:db8:ffff:ffff::/64"),
        (r#""::ffff:10.0.0.0/104", 8, 1"#, "10.1.0.0/16"),
    ] {
        check(&[("cidrsubnet", args, Ok(&format!("\"{expected}\"")))]);
    }
    check(&[
        (
            "cidrsubnet",
            r#""10.0.0.0/8", 25, 0"#,
            Err("Call to function \"cidrsubnet\" failed: insufficient address space to extend prefix of 8 by 25."),
        ),
        (
            "cidrsubnet",
            r#""10.0.0.0/8", 8, 256"#,
            Err(
                "Call to function \"cidrsubnet\" failed: prefix extension of 8 does not accommodate a subnet numbered 256.",
            ),
        ),
        ("cidrsubnets", r#""10.1.0.0/16", 8, 2, 8"#, Ok(r#"["10.1.0.0/24","10.1.64.0/18","10.1.128.0/24"]"#)),
        ("cidrsubnets", r#""192.168.0.0/30", 1, 2, 2"#, Ok(r#"["192.168.0.0/31","192.168.0.2/32","192.168.0.3/32"]"#)),
        ("cidrsubnets", r#""255.255.255.254/31", 1, 1"#, Ok(r#"["255.255.255.254/32","255.255.255.255/32"]"#)),
        (
            "cidrsubnets",
            r#""10.1.0.0/16", 1, 1, 1"#,
            Err(
                "Invalid value for \"newbits\" parameter: not enough remaining address space for a subnet with a prefix of \
             17 bits after 10.1.128.0/17.",
            ),
        ),
        (
            "cidrsubnets",
            r#""10.1.0.0/16", 0"#,
            Err("Invalid value for \"newbits\" parameter: must extend prefix by at least one bit."),
        ),
        (
            "cidrsubnets",
            r#""10.1.0.0/16", 17"#,
            Err(
                "Invalid value for \"newbits\" parameter: would extend prefix to 33 bits, which is too long for an IPv4 \
             address.",
            ),
        ),
    ]);
}
