//! The catalogue of what is said to people when something could not be done (UI.md §6): what happened, whether the data
//! is safe, what to do next. Nothing here shows the inside of the program.

use std::io;
use std::path::Path;

use yuanba_store::StoreError;
use yuanba_store::vault::{Tries, VaultError};

use crate::error::{ApiError, Code};

/// Why something could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No command has that name
    UnknownCommand { name: String },
    /// A key of a request is missing
    MissingKey { field: String },
    /// A key that the command does not know
    UnknownKey { field: String },
    /// The request does not have the command's shape
    BadRequest,
    /// A value that cannot be used, with the sentence that says why
    BadValue { field: &'static str, text: String },
    /// The data folder holds no store
    NoStore,
    /// The data folder holds a store already
    StoreExists,
    /// Nobody is signed in
    Locked,
    /// More than one user, and none was named
    WhichUser,
    /// No user of that name
    UnknownUser { name: String },
    /// The passphrase opens nothing; what was tried tells when there is a pause
    WrongPassphrase(Tries),
    /// The passphrase until now was typed wrong by whoever wanted another one
    WrongOldPassphrase(Tries),
    /// The recovery code opens nothing
    WrongRecoveryCode,
    /// Too many wrong passphrases: a pause of so many seconds
    TooManyTries { seconds: u64 },
    /// The person who is signed in may not
    NotAllowed,
    /// Whoever proposed points does not review them; so many claims of the choice are the reviewer's own
    OwnClaims { claims: usize },
    /// The act was taken back before
    UndoneBefore,
    /// Nobody approves their own points
    OwnPoints { name: String },
    /// Nobody approves what a near relative has earned
    RelativesPoints { name: String },
    /// Nobody takes in or hands over their own membership, or a near relative's
    OwnTransfer { name: String },
    /// Nobody takes back by themselves who their relatives are
    OwnKin,
    /// Another program has the store open
    OpenElsewhere,
    /// The store's file is damaged
    Damaged,
    /// The store was written by a newer version
    NewerStore,
    /// The disk is full
    DiskFull,
    /// The disk with the store cannot be read or written any more
    DiskFails,
    /// The store's folder cannot be written
    ReadOnly,
    /// A file stands where the store's folder should be
    NotAFolder,
    /// There is no room where a file should be written
    NoRoom { path: String },
    /// The stick is full
    StickFull,
    /// The stick can only be read
    StickReadOnly,
    /// The stick was pulled, or does not keep what is written
    StickGone,
    /// There is no way to the county's server
    NoConnection,
    /// Nobody has said where the county's server is
    NoHub,
    /// The address of a server is none
    BadHubAddress,
    /// Somebody else than the known server is at the address
    OtherHub { url: String, fingerprint: String },
    /// An exchange is going on already
    SyncRunning,
    /// A copy is being made already
    BackupRunning,
    /// 演示村 sends nothing anywhere
    DemoStays,
    /// What was written of an organisation that has gone to another one
    GoneElsewhere,
    /// Only what is below this organisation can be dealt with from here
    NotBelow,
    /// Made-up people beside real ones
    DemoIntoData,
    /// A village's store holds one village
    DemoOneVillage,
    /// A demo that cannot be made up, with the sentence that says why
    BadDemo { text: String },
    /// There is no organisation above
    NoParent,
    /// There is no such record; the word says what was looked for
    NotFound { what: &'static str },
    /// There is no such file
    NoFile { path: String },
    /// A file cannot be read
    UnreadableFile { path: String },
    /// A file is not whole, or is not what it says
    DamagedFile { path: String },
    /// A file cannot be written
    UnwritableFile { path: String },
    /// No organisation of that name
    UnknownOrg { name: String },
    /// Several organisations of that name
    AmbiguousOrg { name: String },
    /// Whole numbers need a purpose
    NeedsPurpose,
    /// A required value is empty; the label says which
    Empty { field: &'static str, label: &'static str },
    /// Somebody who has moved to another organisation: the record here is only read
    MovedAway { name: String, to: String },
    /// A step of a transfer that the other side has answered by now
    TransferAnswered { text: String },
    /// No act to take back
    NothingToUndo,
    /// The job was stopped
    Cancelled,
    /// Copied from another machine without the organisation's key
    NeedsCertificate,
    /// A fault of the program
    Internal,
}

impl Trouble {
    /// What is wrong with a request that does not have its command's shape.
    pub(crate) fn bad_request(error: &serde_json::Error) -> Trouble {
        let text = error.to_string();
        let quoted = || text.split('`').nth(1).map(str::to_owned);
        match quoted() {
            Some(field) if text.starts_with("missing field") => Trouble::MissingKey { field },
            Some(field) if text.starts_with("unknown field") => Trouble::UnknownKey { field },
            _ => Trouble::BadRequest,
        }
    }

    /// Why a file could not be written.
    pub(crate) fn writing(path: &Path, error: &io::Error) -> Trouble {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Trouble::NoRoom { path: path.display().to_string() }
            }
            _ => Trouble::UnwritableFile { path: path.display().to_string() },
        }
    }

    /// Why a file could not be read.
    pub(crate) fn reading(path: &Path, error: &io::Error) -> Trouble {
        let path = path.display().to_string();
        match error.kind() {
            io::ErrorKind::NotFound => Trouble::NoFile { path },
            _ => Trouble::UnreadableFile { path },
        }
    }

    /// Code, what happened, what next, field.
    fn say(&self) -> (Code, String, String, Option<String>) {
        use Trouble::*;
        let say = |code, message: &str, next: &str| (code, message.to_owned(), next.to_owned(), None);
        match self {
            UnknownCommand { name } => say(
                Code::WrongUsage,
                &format!("没有「{name}」这个命令，什么也没做，数据没有动。"),
                "用 commands 看全部命令。",
            ),
            MissingKey { field } => (
                Code::WrongUsage,
                format!("少了「{field}」这一项，什么也没做，数据没有动。"),
                "补上再来。".into(),
                Some(field.clone()),
            ),
            UnknownKey { field } => (
                Code::WrongUsage,
                format!("不认得「{field}」这一项，什么也没做，数据没有动。"),
                "用 commands 看这个命令要哪几项。".into(),
                Some(field.clone()),
            ),
            BadRequest => say(
                Code::WrongUsage,
                "写法不对，什么也没做，数据没有动。",
                "用 commands 看这个命令要哪几项、各是什么样。",
            ),
            BadValue { field, text } => {
                (Code::Refused, format!("{text}数据没有动。"), "改好再来。".into(), Some((*field).into()))
            }
            NoStore => say(
                Code::NotFound,
                "这个文件夹里还没有建过账，什么也没做。",
                "先建一个，或者换到放数据的那个文件夹。",
            ),
            StoreExists => say(
                Code::WrongUsage,
                "这个文件夹里已经有数据了，没有再建，原来的一条也没动。",
                "直接打开它，或者换一个空文件夹。",
            ),
            Locked => say(Code::Locked, "现在锁着，数据都在。", "输口令打开再接着做。"),
            WhichUser => (
                Code::WrongUsage,
                "这里不止一个人在用，没说是谁。数据没有动。".into(),
                "写明是谁，再输口令。".into(),
                Some("user".into()),
            ),
            UnknownUser { name } => (
                Code::WrongPassphrase,
                format!("这里没有「{name}」这个人。数据没有动。"),
                "看看名字写对没有。".into(),
                Some("user".into()),
            ),
            WrongOldPassphrase(tries) => (
                Code::WrongPassphrase,
                format!("原来的口令不对，没有换，数据都在。{}", how_often_still(tries)),
                "再输一遍；实在想不起来，请另一位能管人的给您重设。".into(),
                Some("old".into()),
            ),
            WrongPassphrase(tries) => (
                Code::WrongPassphrase,
                format!("口令不对，没有打开，数据都在。{}", how_often_still(tries)),
                "忘了口令，可以用恢复码打开，或者请镇里帮您重设，东西不会丢。".into(),
                Some("passphrase".into()),
            ),
            WrongRecoveryCode => (
                Code::WrongPassphrase,
                "恢复码对不上，没有打开，数据都在。".into(),
                "对着纸上的再输一遍，字母和数字容易看错。".into(),
                Some("recovery_code".into()),
            ),
            TooManyTries { seconds } => (
                Code::WrongPassphrase,
                format!("试错的次数多了，还要等{}才能再试，数据都在。", how_long(*seconds)),
                "想一想再输。忘了口令，可以用恢复码打开，或者请镇里帮您重设。".into(),
                Some("passphrase".into()),
            ),
            NotAllowed => say(
                Code::NotAllowed,
                "这一步您的职务还不能办，什么也没做，数据没有动。",
                "请书记来办，或者请书记改一改谁能做什么。",
            ),
            OwnClaims { claims } => say(
                Code::NotAllowed,
                &format!("这里有 {claims} 笔是您自己申报的，谁申报谁不审核。一笔也没有审，数据没有动。"),
                "请另一个人用自己的口令打开来审；只有您一个人用这台电脑，就留给镇里审。",
            ),
            UndoneBefore => say(
                Code::Refused,
                "这件事已经撤销过了，没有再撤，数据没有动。",
                "想恢复它，就撤销那一次撤销。",
            ),
            OwnPoints { name } => say(
                Code::NotAllowed,
                &format!("这里有{name}的分，自己的分自己不审。一笔也没有审，数据没有动。"),
                "请另一个人用自己的口令打开来审；只有您一个人用这台电脑，就留给镇里审。",
            ),
            RelativesPoints { name } => say(
                Code::NotAllowed,
                &format!("这里有{name}的分，是您的亲属，亲属的分自己不审。一笔也没有审，数据没有动。"),
                "请另一个人用自己的口令打开来审；只有您一个人用这台电脑，就留给镇里审。",
            ),
            OwnTransfer { name } => say(
                Code::NotAllowed,
                &format!("{name}是您自己或者您的亲属，自己家的关系自己不经手。什么也没做，数据没有动。"),
                "请另一个人用自己的口令打开来办。",
            ),
            OwnKin => say(
                Code::NotAllowed,
                "这一条说的是您自己的亲属，自己不能取消。什么也没做，数据没有动。",
                "写错了，请另一个人用自己的口令打开来改。",
            ),
            OpenElsewhere => say(
                Code::OpenElsewhere,
                "这份数据正在另一个窗口里开着，这里没有打开，数据没有动。",
                "先关掉那一个，再打开这一个。",
            ),
            Damaged => say(
                Code::Damaged,
                "数据文件坏了一处，没有打开，也没有往里写。",
                "先别动这个文件夹，用最近的备份恢复；没有备份就请镇里帮忙，交上去过的都找得回来。",
            ),
            NewerStore => say(
                Code::Refused,
                "这份数据是新版程序写的，这里还认不全，一条也没动。",
                "升级以后再打开就行。",
            ),
            DiskFull => say(
                Code::DiskFull,
                "电脑的盘满了，这一条还没存进去，以前存的都在。",
                "腾出 200 MB 再存一次。",
            ),
            DiskFails => say(
                Code::Internal,
                "放数据的盘读写出了错，这一步没有办成，以前存的都在。",
                "数据要是放在 U 盘或者移动硬盘上，重新插好再打开；还不行，先备份，再请镇里看看这块盘。",
            ),
            NotAFolder => say(
                Code::WrongUsage,
                "说的放数据的地方是一个文件，不是文件夹，什么也没做，数据没有动。",
                "换一个文件夹。",
            ),
            NoRoom { path } => say(
                Code::DiskFull,
                &format!("「{path}」那里放不下了，没写完，半截的已经清掉。这里的数据没有动。"),
                "腾一点地方，或者换一个地方，再来一次。",
            ),
            StickFull => (
                Code::DiskFull,
                "U 盘满了，没写完，半截的文件已经清掉。这里的数据没有动。".into(),
                "腾一点地方，或者换一个 U 盘，再写一次。".into(),
                None,
            ),
            StickReadOnly => say(
                Code::Refused,
                "这个 U 盘只能看、不能写，没有写。这里的数据没有动。",
                "看看 U 盘上的锁扣拨开没有，或者换一个 U 盘，再写一次。",
            ),
            StickGone => say(
                Code::Refused,
                "U 盘拔早了，或者存不住东西，没写完。这里的数据没有动。",
                "插回去再写一次，半截的文件会自己清掉。",
            ),
            NoConnection => say(
                Code::NoConnection,
                "连不上县里的服务器。数据都在本机，照常能用。",
                "看看网线或者无线网通不通；以后通了会自己再送，急的话先用 U 盘。",
            ),
            NoHub => say(
                Code::NoConnection,
                "还不知道县里的服务器在哪儿，没有联网。数据都在本机。",
                "读一次上级给的 U 盘，里面有地址；或者在「联网上报」里填上县里给的地址。",
            ),
            OtherHub { url, fingerprint } => say(
                Code::Refused,
                &format!("{url}的指纹是 {fingerprint}，和给的对不上，没有往那里送东西。本机的数据都在。"),
                "请打电话给县里核对地址和指纹，对上了再填。",
            ),
            DemoStays => {
                say(Code::Refused, "演示村里的人都是编的，不往外送，数据没有动。", "回到自己的村里再联网。")
            }
            SyncRunning => say(Code::Cancelled, "正在联网上报，不用再来一次。数据都在。", "等它做完就行。"),
            BackupRunning => say(Code::Cancelled, "正在备份，不用再来一次。数据都在。", "等它做完就行。"),
            BadHubAddress => (
                Code::WrongUsage,
                "这不是服务器的地址，没有联网。数据没有动。".into(),
                "地址是县里给的，像 https://… 这样，照着填一遍。".into(),
                Some("url".into()),
            ),
            NotBelow => say(
                Code::NotAllowed,
                "这一步要由上一级来做，这里做不了，什么也没做，数据没有动。",
                "请上一级来办。",
            ),
            GoneElsewhere => say(
                Code::NotAllowed,
                "这件事是一个单位的，它已经改归别处管了，这里再改也不算数，所以没有动。数据都在。",
                "要改，请它现在的上级或者它自己来办。",
            ),
            DemoIntoData => say(
                Code::WrongUsage,
                "这里面已经有数据了，没有往里添演示的人，原来的一条也没动。",
                "换一个空文件夹；一定要添，就写明 --add。",
            ),
            DemoOneVillage => say(
                Code::WrongUsage,
                "村里的数据只装得下一个村，什么也没做，数据没有动。",
                "不写几个村，或者到县里、镇里的文件夹去做。",
            ),
            BadDemo { text } => {
                (Code::WrongUsage, format!("{text}什么也没做，数据没有动。"), "换个数再来。".into(), None)
            }
            NoParent => {
                say(Code::Refused, "这里还没有上级，不知道交给谁，没有写。数据没有动。", "先办授权，再写。")
            }
            ReadOnly => say(
                Code::ReadOnly,
                "放数据的文件夹现在只能看、不能写，这一步没有办成，以前存的都在。",
                "看看 U 盘或者文件夹是不是锁住了，再来一次。",
            ),
            NotFound { what } => say(
                Code::NotFound,
                &format!("没找到这{what}，什么也没做，数据没有动。"),
                "回到名单里再点一次。",
            ),
            NoFile { path } => say(
                Code::WrongUsage,
                &format!("没找到「{path}」，什么也没做，数据没有动。"),
                "看看文件是不是挪了地方，U 盘插好没有。",
            ),
            UnreadableFile { path } => say(
                Code::Refused,
                &format!("「{path}」打不开，一条也没读进来，数据没有动。"),
                "看看它是不是正被别的程序开着，或者换一份再试。",
            ),
            DamagedFile { path } => say(
                Code::Refused,
                &format!("「{path}」坏了一截，或者不是这种文件，一条也没读进来，数据没有动。"),
                "换一份再试。",
            ),
            UnwritableFile { path } => say(
                Code::Refused,
                &format!("「{path}」写不进去，什么也没写，数据没有动。"),
                "看看文件夹在不在、满没满、能不能写，再来一次。",
            ),
            UnknownOrg { name } => (
                Code::WrongUsage,
                format!("没有叫「{name}」的党组织，什么也没做，数据没有动。"),
                "用 org list 看看名字或编号。".into(),
                Some("org".into()),
            ),
            AmbiguousOrg { name } => (
                Code::WrongUsage,
                format!("叫「{name}」的不止一个，分不清是哪个，什么也没做，数据没有动。"),
                "改写编号，编号用 org list 看。".into(),
                Some("org".into()),
            ),
            NeedsPurpose => (
                Code::Refused,
                "要看全号，得先写明用途。这次没有给看，数据没有动。".into(),
                "写一句用途再来，记录会留下。".into(),
                Some("purpose".into()),
            ),
            Empty { field, label } => (
                Code::Refused,
                format!("「{label}」还空着，没有存，写的都还在这一页上。"),
                format!("补上{label}再存。"),
                Some((*field).into()),
            ),
            MovedAway { name, to } => say(
                Code::Refused,
                &format!("{name}的关系已经转出，去了{to}，这里这一条只能看，没有改，数据没有动。"),
                "要改请新支部改；转错了，就到「组织关系转接」里撤回。",
            ),
            TransferAnswered { text } => say(
                Code::Refused,
                &format!("{text}没有撤，数据没有动。"),
                "真转错了，请新支部再办一次转出，转回来。",
            ),
            NothingToUndo => say(Code::NotFound, "没有可以撤销的事，数据没有动。", "在「刚才做的」里看看。"),
            Cancelled => {
                say(Code::Cancelled, "停下了，已经写好的都在，没写的一条也没写。", "想接着办，再点一次就行。")
            }
            NeedsCertificate => say(
                Code::Refused,
                "这份数据是从别的电脑拷过来的，还没有授权，没有写进去，原来的都在。",
                "请镇里给这台电脑授权，再接着用。",
            ),
            Internal => say(
                Code::Internal,
                "程序自己出了错，这一步没有办成，以前存的都在。",
                "关掉程序再打开试一次；还不行，请用「体检」把情况交给镇里。",
            ),
        }
    }
}

/// How often a passphrase can be tried still, or how long the pause is.
fn how_often_still(tries: &Tries) -> String {
    match (tries.left(), tries.pause_minutes()) {
        (0, minutes) => format!("要等 {minutes} 分钟才能再试。"),
        (left, minutes) => format!("还可以试 {left} 次，然后要等 {minutes} 分钟。"),
    }
}

/// A wait: up to a minute and a half in seconds, above that in minutes, rounded up.
fn how_long(seconds: u64) -> String {
    match seconds {
        0..=90 => format!(" {seconds} 秒"),
        _ => format!(" {} 分钟", seconds.div_ceil(60)),
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        match error {
            StoreError::Damaged(_) | StoreError::Journal(_) => Trouble::Damaged,
            StoreError::DiskFull => Trouble::DiskFull,
            StoreError::ReadOnly => Trouble::ReadOnly,
            StoreError::OpenElsewhere => Trouble::OpenElsewhere,
            StoreError::Exists => Trouble::StoreExists,
            StoreError::Missing => Trouble::NoStore,
            StoreError::Stopped => Trouble::Cancelled,
            StoreError::NotAFolder => Trouble::NotAFolder,
            StoreError::Newer => Trouble::NewerStore,
            StoreError::Elsewhere => Trouble::GoneElsewhere,
            StoreError::NotFound(_) => Trouble::NotFound { what: "一条" },
            StoreError::Refused("no issuer key") => Trouble::NeedsCertificate,
            StoreError::Refused(_) => Trouble::BadRequest,
            StoreError::Vault(error) => error.into(),
            StoreError::Io(_) | StoreError::Out(_) => Trouble::DiskFails,
            StoreError::Sql(_) => Trouble::Internal,
        }
    }
}

impl From<VaultError> for Trouble {
    fn from(error: VaultError) -> Trouble {
        match error {
            VaultError::WrongPassphrase => Trouble::WrongPassphrase(Tries::default()),
            VaultError::Paused { seconds } => Trouble::TooManyTries { seconds },
            VaultError::WrongRecoveryCode => Trouble::WrongRecoveryCode,
            VaultError::UnknownUser(name) => Trouble::UnknownUser { name },
            VaultError::UserNeeded => Trouble::WhichUser,
            VaultError::UserExists(name) => Trouble::BadValue {
                field: "name",
                text: format!("已经有一个「{name}」了，换个写法好分清是谁。"),
            },
            VaultError::LastUser => Trouble::BadValue {
                field: "name",
                text: "这是最后一个能打开的人，不能去掉。".to_owned(),
            },
            VaultError::BadLength(_) | VaultError::TooManyUsers => Trouble::BadValue {
                field: "passphrase",
                text: "名字或者口令太长、是空的，或者人太多了。".to_owned(),
            },
            VaultError::OtherStore | VaultError::Damaged(_) | VaultError::Tampered => Trouble::Damaged,
            VaultError::NotFound(_) => Trouble::NoStore,
            VaultError::AlreadyThere(_) => Trouble::StoreExists,
            VaultError::NewerFormat(_) => Trouble::NewerStore,
            VaultError::Io { source, .. } => StoreError::from(source).into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        Trouble::from(error).into()
    }
}

impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> ApiError {
        let (code, message, next_step, field) = trouble.say();
        ApiError { code, message, next_step, field }
    }
}
