//! Arithmetic on IP networks.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use dashu::base::Sign;
use dashu::integer::IBig;
use dashu::integer::UBig;

use super::CallError;
use super::Function;
use super::Param;
use super::numeric::integer;
use super::numeric::whole;
use super::string::string;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let prefix = || Param::string("prefix");
    let subnet = [prefix(), Param::number("newbits"), Param::number("netnum")];
    vec![
        Function::pure("cidrhost", [prefix(), Param::number("hostnum")], Type::STRING, cidrhost),
        Function::pure("cidrnetmask", [prefix()], Type::STRING, cidrnetmask),
        Function::pure("cidrsubnet", subnet, Type::STRING, cidrsubnet),
        Function::pure("cidrsubnets", [prefix()], Type::list(Type::STRING), cidrsubnets)
            .variadic_of(Param::number("newbits")),
    ]
}

/// A network: the first address, and how many bits all addresses share.
#[derive(Clone, Copy)]
struct Network {
    address: u128,
    prefix: u32,
    /// 32 or 128.
    width: u32,
}

impl Network {
    /// Leading zeros are decimal, as they were to older tools.
    fn parse(text: &str) -> Result<Network, String> {
        let read = || {
            let (address, prefix) = text.split_once('/')?;
            let (address, width) = if address.contains(':') {
                (u128::from(parse_v6(address)?), 128)
            } else {
                (u128::from(u32::from(parse_v4(address)?)), 32)
            };
            let is_number = !prefix.is_empty() && prefix.len() <= 3 && prefix.bytes().all(|byte| byte.is_ascii_digit());
            let prefix = prefix.parse().ok().filter(|prefix| is_number && *prefix <= width)?;
            Some(Network { address, prefix, width }.masked())
        };
        read().ok_or_else(|| format!("invalid CIDR expression: invalid CIDR address: {text}"))
    }

    fn masked(self) -> Network {
        Network { address: self.address & !self.host_mask(), ..self }
    }

    fn host_mask(self) -> u128 {
        low_bits(self.width - self.prefix)
    }

    /// The first address behind the network; `None` when there is none.
    fn end(self) -> Option<u128> {
        let end = (self.address | self.host_mask()).checked_add(1)?;
        (self.width == 128 || end <= u128::from(u32::MAX)).then_some(end)
    }

    fn contains(self, address: u128) -> bool {
        address & !self.host_mask() == self.address
    }

    fn display(self) -> String {
        let address = show(self.address, self.width);
        // A network of IPv4 addresses within IPv6 is shown as IPv4, its prefix too.
        let prefix =
            if self.width == 128 && !address.contains(':') { self.prefix.saturating_sub(96) } else { self.prefix };
        format!("{address}/{prefix}")
    }

    /// How far from the left a number ends that is put into an address: an IPv4 address within IPv6 counts as one of
    /// 32 bits here, as in Terraform.
    fn host_end(self) -> u32 {
        if self.width == 128 && self.address >> 32 == 0xffff { 32 } else { self.width }
    }

    /// The address with a number put in so that it ends at a bit. A negative number's sign reaches up into the prefix,
    /// as in Terraform.
    fn insert(self, number: &IBig, end: u32) -> u128 {
        let shifted = number << (self.width - end) as usize;
        let (_, magnitude) = (IBig::from(self.address) | shifted).into_parts();
        let (low, _) = magnitude.split_bits(self.width as usize);
        u128::try_from(low).expect("an address has no more bits")
    }
}

fn low_bits(count: u32) -> u128 {
    1u128.checked_shl(count).map_or(u128::MAX, |bit| bit - 1)
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u8> = text
        .split('.')
        .map(|part| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number)
        })
        .collect::<Option<_>>()?;
    Some(Ipv4Addr::from(<[u8; 4]>::try_from(parts).ok()?))
}

fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    let Some((head, tail)) = text.rsplit_once(':').filter(|(_, tail)| tail.contains('.')) else {
        return text.parse().ok();
    };
    format!("{head}:{}", parse_v4(tail)?).parse().ok()
}

fn show(address: u128, width: u32) -> String {
    if width == 32 || address >> 32 == 0xffff {
        return Ipv4Addr::from((address & u128::from(u32::MAX)) as u32).to_string();
    }
    let address = Ipv6Addr::from(address);
    // The standard library writes ::a.b.c.d for these, where others keep to hexadecimal.
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high > 0 => format!("::{high:x}:{low:x}"),
        _ => address.to_string(),
    }
}

fn cidrhost(args: &[Value]) -> Result<Value, CallError> {
    let number = integer(&args[1]).map_err(CallError::call)?;
    let network = Network::parse(string(args, 0)).map_err(CallError::call)?;
    let last = IBig::from(network.host_mask());
    // From the end, -1 being the last.
    let number = if number.sign() == Sign::Negative { &last + number + IBig::ONE } else { number };
    if number.sign() == Sign::Negative || number > last {
        let message = format!("prefix of {} does not accommodate a host numbered {number}", network.prefix);
        return Err(CallError::call(message));
    }
    Ok(Value::from(show(network.insert(&number, network.host_end()), network.width)))
}

fn cidrnetmask(args: &[Value]) -> Result<Value, CallError> {
    let network = Network::parse(string(args, 0)).map_err(CallError::call)?;
    if network.width != 32 {
        return Err(CallError::call(format!("IPv6 addresses cannot have a netmask: {}", string(args, 0))));
    }
    Ok(Value::from(show(low_bits(32) & !network.host_mask(), 32)))
}

fn cidrsubnet(args: &[Value]) -> Result<Value, CallError> {
    let more = whole(&args[1]).map_err(CallError::call)?;
    let number = integer(&args[2]).map_err(CallError::call)?;
    let network = Network::parse(string(args, 0)).map_err(CallError::call)?;
    let prefix = i64::from(network.prefix).saturating_add(more);
    if prefix > i64::from(network.width) {
        let message = format!("insufficient address space to extend prefix of {} by {more}", network.prefix);
        return Err(CallError::call(message));
    }
    let prefix = u32::try_from(prefix).map_err(|_| CallError::call("the prefix cannot become shorter than nothing"))?;
    // Only the size is compared, not the sign, as in Terraform; see `insert`.
    let (_, magnitude) = number.clone().into_parts();
    let most = u32::try_from(more).map_or(UBig::from(u64::MAX), |more| UBig::ones(more as usize));
    if magnitude > most {
        let message = format!("prefix extension of {more} does not accommodate a subnet numbered {number}");
        return Err(CallError::call(message));
    }
    let subnet = Network { address: network.insert(&number, prefix), prefix, ..network };
    Ok(Value::from(subnet.masked().display()))
}

fn cidrsubnets(args: &[Value]) -> Result<Value, CallError> {
    let network = Network::parse(string(args, 0)).map_err(|message| CallError::argument(0, message))?;
    let mut next = Some(network.address);
    let mut before: Option<Network> = None;
    let mut subnets = Vec::with_capacity(args.len() - 1);
    for (index, more) in args.iter().enumerate().skip(1) {
        let fail = |message: String| CallError::argument(index, message);
        let more = whole(more).map_err(fail)?;
        let more = u32::try_from(more).ok().filter(|more| *more >= 1);
        let more = more.ok_or_else(|| fail("must extend prefix by at least one bit".into()))?;
        if more > 32 {
            return Err(fail("may not extend prefix by more than 32 bits".into()));
        }
        let prefix = network.prefix + more;
        if prefix > network.width {
            let protocol = if network.width == 32 { "IPv4" } else { "IPv6" };
            let message = format!("would extend prefix to {prefix} bits, which is too long for an {protocol} address");
            return Err(fail(message));
        }
        let size = low_bits(network.width - prefix);
        let start = next.and_then(|next| next.checked_add(size)).map(|end| end & !size);
        let Some(start) = start.filter(|start| network.contains(*start)) else {
            let after = before.unwrap_or(network).display();
            let message = "not enough remaining address space for a subnet with a prefix of";
            return Err(fail(format!("{message} {prefix} bits after {after}")));
        };
        let subnet = Network { address: start, prefix, ..network };
        next = subnet.end();
        before = Some(subnet);
        subnets.push(Value::from(subnet.display()));
    }
    Ok(Value::list(Type::STRING, subnets))
}

#[cfg(test)]
mod tests;
