//! The words of the command line. Their meaning is in `run`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use semver::Version;

/// 院坝的命令行：窗口里能做的，这里都能做。
#[derive(Debug, Parser)]
#[command(name = "yuanba-cli", version, disable_help_subcommand = true)]
pub struct Cli {
    /// 放数据的文件夹
    #[arg(long, env = "YUANBA_STORE", global = true)]
    pub store: Option<PathBuf>,
    /// 谁在用；只有一个人时不用写
    #[arg(long, global = true)]
    pub user: Option<String>,
    /// 只在标准输出上写一份 JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// 做什么
    #[command(subcommand)]
    pub command: Command,
}

/// One line of a batch: the words after the options.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_help_subcommand = true)]
pub struct Line {
    /// The command
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 建一个新的
    Init(Init),
    /// 党组织
    #[command(subcommand)]
    Org(Org),
    /// 授权：用 U 盘上的文件定下谁归谁管
    #[command(subcommand)]
    Enrol(Enrol),
    /// U 盘上的包
    #[command(subcommand)]
    Bundle(Bundle),
    /// 联网上报：和县里的服务器互相补齐
    Sync {
        /// 服务器的地址；不写就用县里公布的，或者上次的
        #[arg(long)]
        hub: Option<String>,
    },
    /// 从标准输入一行一条地做
    Batch {
        /// 写 -
        #[arg(value_parser = ["-"])]
        from: String,
    },
    /// 全部命令和各自要哪几项
    Commands,
    /// 做一条命令，和窗口里一样
    Call {
        /// 命令的名字
        command: String,
        /// JSON，写 - 从标准输入读
        request: Option<String>,
    },
    /// 花名册
    #[command(subcommand)]
    Roster(Roster),
    /// 党员
    #[command(subcommand)]
    Member(Member),
    /// 同一个人：合成一个，或者分开
    #[command(subcommand)]
    Person(Person),
    /// 组织关系转接
    #[command(subcommand)]
    Transfer(Transfer),
    /// 撤销：不写编号就撤销最后一件
    Undo {
        /// 哪一件
        group: Option<String>,
    },
    /// 不一致的地方
    #[command(subcommand)]
    Conflicts(Conflicts),
    /// 摘要：记录一样的两台电脑，摘要也一样
    Digest {
        /// 只算一个党组织和它下面的：编号或者名字
        #[arg(long)]
        org: Option<String>,
    },
    /// 从头再算一遍，核对每一张表
    Verify,
    /// 备份到一个文件
    Backup {
        /// 写到哪里
        out: PathBuf,
    },
    /// 从备份恢复到一个空文件夹
    Restore {
        /// 哪一份备份
        file: PathBuf,
    },
    /// 按规定删去一条记录里的字，删了就找不回来
    Redact {
        /// 哪一条：编号
        record: String,
        /// 原因
        #[arg(long)]
        reason: String,
    },
    /// 停用一台丢了的电脑；不写编号就列出来
    Revoke {
        /// 哪一台：编号
        laptop: Option<String>,
        /// 原因
        #[arg(long, requires = "laptop")]
        reason: Option<String>,
    },
    /// 做法规则
    #[command(subcommand)]
    Practice(Practice),
    /// 往空文件夹里添一些编出来的人和事，看样子、练手用
    Demo(Demo),
    /// 量一量在这份数据上有多快
    Bench {
        /// 量什么
        name: Measure,
    },
    /// 使用人
    #[command(subcommand)]
    User(User),
    /// 谁看过、改过、导出过什么
    Audit(Audit),
    /// 体检：看哪里不对；打不开的也能看
    Doctor {
        /// 能修的都修好；打不开的，用最近的好备份找回来，原来那份留着
        #[arg(long)]
        mend: bool,
    },
    /// 电脑的钟
    #[command(subcommand)]
    Clock(Clock),
    /// 升级包：做一个，看一个，装一个
    #[command(subcommand)]
    Update(Update),
}

/// `audit`
#[derive(Debug, Args)]
pub struct Audit {
    /// 名册上哪个人，写编号
    #[arg(long)]
    pub person: Option<String>,
    /// 哪个使用人，写名字
    #[arg(long)]
    pub by: Option<String>,
    /// 哪一类
    #[arg(long)]
    pub kind: Option<TrailKind>,
    /// 从哪天起
    #[arg(long)]
    pub from: Option<String>,
    /// 到哪天止
    #[arg(long)]
    pub until: Option<String>,
    /// 最多几条
    #[arg(long)]
    pub limit: Option<u32>,
    /// 接着上一页，写上一页给的 next
    #[arg(long)]
    pub after: Option<String>,
    /// 写成一张表，要写用途
    #[arg(long, requires = "purpose")]
    pub out: Option<PathBuf>,
    /// 用途，会留下记录
    #[arg(long, requires = "out")]
    pub purpose: Option<String>,
}

/// 痕迹的几类
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TrailKind {
    /// 看过全号
    Saw,
    /// 导出
    Exported,
    /// 改动
    Changed,
    /// 撤销
    TookBack,
    /// 依法删去
    Erased,
    /// 管理
    Governed,
}

impl TrailKind {
    /// The word of the typed command.
    pub fn word(self) -> &'static str {
        match self {
            TrailKind::Saw => "saw",
            TrailKind::Exported => "exported",
            TrailKind::Changed => "changed",
            TrailKind::TookBack => "took_back",
            TrailKind::Erased => "erased",
            TrailKind::Governed => "governed",
        }
    }
}

/// 村、镇、县
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Level {
    /// 村
    Village,
    /// 镇
    Township,
    /// 县
    County,
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// 层级
    #[arg(long)]
    pub level: Level,
    /// 党组织的名字
    #[arg(long)]
    pub name: String,
    /// 在哪里
    #[arg(long)]
    pub place: Option<String>,
    /// 行政区划代码
    #[arg(long)]
    pub code: Option<String>,
}

/// `org …`
#[derive(Debug, Subcommand)]
pub enum Org {
    /// 知道的党组织
    List,
}

/// `enrol …`
#[derive(Debug, Subcommand)]
pub enum Enrol {
    /// 写一份申请，交给上级
    Request {
        /// 写到哪里
        #[arg(long)]
        out: PathBuf,
    },
    /// 答一份申请
    Grant {
        /// 哪一份申请
        request: PathBuf,
        /// 写到哪里
        #[arg(long)]
        out: PathBuf,
        /// 这是已经有的哪个党组织又一台电脑：编号或者名字
        #[arg(long)]
        org: Option<String>,
    },
    /// 收下上级的授权
    Accept {
        /// 哪一份授权
        file: PathBuf,
    },
}

/// `bundle …`
#[derive(Debug, Subcommand)]
pub enum Bundle {
    /// 写一个包
    Write {
        /// parent，或者编号，或者名字
        #[arg(long)]
        to: String,
        /// 写到哪个文件夹
        #[arg(long)]
        out: PathBuf,
    },
    /// 读包，文件和文件夹都行
    Read {
        /// 哪些
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// 不用口令，看看包的封面
    Inspect {
        /// 哪一个
        file: PathBuf,
    },
}

/// Whole numbers, with what for.
#[derive(Debug, Args)]
pub struct Unmasked {
    /// 不遮号，要写用途
    #[arg(long, requires = "purpose")]
    pub unmasked: bool,
    /// 用途，会留下记录
    #[arg(long, requires = "unmasked")]
    pub purpose: Option<String>,
}

/// `roster …`
#[derive(Debug, Subcommand)]
pub enum Roster {
    /// 读一份花名册进来
    Import {
        /// 哪个文件
        file: PathBuf,
        /// 只看看，什么也不写
        #[arg(long)]
        dry_run: bool,
        /// 哪一列是什么，写在这个 JSON 文件里
        #[arg(long)]
        map: Option<PathBuf>,
        /// 存疑和不收的几行写到这张表里
        #[arg(long)]
        rejects: Option<PathBuf>,
    },
    /// 导出成表格
    Export {
        /// 写到哪里
        out: PathBuf,
        /// 用哪一种表
        #[arg(long, default_value = "roster", value_parser = ["roster"])]
        form: String,
        #[command(flatten)]
        unmasked: Unmasked,
    },
}

/// `member …`
#[derive(Debug, Subcommand)]
pub enum Member {
    /// 列出来
    List {
        /// 姓名的字、拼音首字母、全拼、身份证或手机的后几位
        #[arg(long)]
        search: Option<String>,
        /// 哪个党组织：编号或者名字
        #[arg(long)]
        org: Option<String>,
        #[command(flatten)]
        unmasked: Unmasked,
    },
}

/// Two records of persons.
#[derive(Debug, Args)]
pub struct Two {
    /// 一条：编号
    pub first: String,
    /// 另一条：编号
    pub second: String,
    /// 理由
    #[arg(long)]
    pub reason: Option<String>,
}

/// `person …`
#[derive(Debug, Subcommand)]
pub enum Person {
    /// 是同一个人
    Join(Two),
    /// 不是同一个人；已经合成一个的，把另一条分出来
    Part(Two),
    /// 看着像同一个人的
    Doubles {
        /// 最多列几对
        #[arg(long)]
        limit: Option<u32>,
    },
}

/// Somebody who comes from outside.
#[derive(Debug, Args)]
pub struct Arrival {
    /// 从外面来的：从哪里来
    #[arg(long, conflicts_with = "transfer", requires = "name")]
    pub from: Option<String>,
    /// 姓名
    #[arg(long, requires = "from")]
    pub name: Option<String>,
    /// 公民身份号码
    #[arg(long, requires = "from")]
    pub id_number: Option<String>,
    /// 介绍信编号
    #[arg(long, requires = "from")]
    pub letter: Option<String>,
    /// 转入日期
    #[arg(long, requires = "from")]
    pub on: Option<String>,
}

/// `transfer …`
#[derive(Debug, Subcommand)]
pub enum Transfer {
    /// 老支部转出
    Release {
        /// 谁：编号
        member: String,
        /// 转到哪里：编号或者名字
        #[arg(long)]
        to: String,
        /// 转到外面去，这里没有哪个支部接收
        #[arg(long)]
        outside: bool,
        /// 转出日期；不写就是今天
        #[arg(long)]
        on: Option<String>,
        /// 原因
        #[arg(long)]
        reason: Option<String>,
        /// 介绍信编号
        #[arg(long)]
        letter: Option<String>,
    },
    /// 上级把档案转交给新支部
    HandOver {
        /// 哪一次：编号
        transfer: String,
        /// 交给谁：编号或者名字；转出时写明了就不用写
        #[arg(long)]
        to: Option<String>,
    },
    /// 新支部接收；从外面来的写 --from 和 --name
    Accept {
        /// 哪一次：编号
        #[arg(required_unless_present = "from")]
        transfer: Option<String>,
        #[command(flatten)]
        arrival: Arrival,
    },
    /// 上级告诉老支部：新支部接收了
    Confirm {
        /// 哪一次：编号
        transfer: String,
    },
    /// 接收以前撤回
    Cancel {
        /// 哪一次：编号
        transfer: String,
    },
    /// 列出来
    List {
        /// 办完的也全列
        #[arg(long)]
        all: bool,
    },
    /// 看转交来的档案
    Show {
        /// 哪一次：编号
        transfer: String,
    },
    /// 老支部晚到的改动
    Late {
        /// 哪一次：编号
        transfer: String,
    },
    /// 定一处晚到的改动
    Settle {
        /// 哪一次：编号
        transfer: String,
        /// 哪一处：编号
        change: String,
        /// 补进新档案
        #[arg(long, required_unless_present = "leave", conflicts_with = "leave")]
        take: bool,
        /// 不用
        #[arg(long)]
        leave: bool,
    },
}

/// `conflicts …`
#[derive(Debug, Subcommand)]
pub enum Conflicts {
    /// 列出来
    List,
    /// 定一个
    Resolve {
        /// 哪一处
        id: String,
        /// 用哪一边：A、B……
        #[arg(long)]
        take: String,
    },
}

/// `user …`; the passphrases come from `YUANBA_PASSPHRASE` and `YUANBA_NEW_PASSPHRASE` or the terminal.
#[derive(Debug, Subcommand)]
pub enum User {
    /// 有哪些人
    List,
    /// 加一个人
    Add {
        /// 名字
        name: String,
        /// 职务
        #[arg(long)]
        role: String,
    },
    /// 改一个人的职务
    Role {
        /// 名字
        name: String,
        /// 职务
        #[arg(long)]
        role: String,
    },
    /// 换口令；换自己的，原来的放在 YUANBA_PASSPHRASE 里，新的放在 YUANBA_NEW_PASSPHRASE 里
    Passphrase {
        /// 谁的；不写就是自己的
        name: Option<String>,
    },
    /// 忘了口令，写一个求助文件给上级
    Ask {
        /// 谁忘了；只有一个人用就不用写
        name: Option<String>,
        /// 写到哪里
        #[arg(long)]
        out: PathBuf,
    },
    /// 看一个求助文件是谁写的
    Who {
        /// 求助文件
        file: PathBuf,
    },
    /// 上级帮下面的人重设口令：看过是本人，再答复
    Assist {
        /// 求助文件
        file: PathBuf,
        /// 答复写到哪里
        #[arg(long)]
        out: PathBuf,
        /// 怎么知道是本人，记录会留下
        #[arg(long)]
        reason: String,
    },
    /// 收下上级的答复，定一个新口令（YUANBA_NEW_PASSPHRASE）
    Accept {
        /// 答复文件
        file: PathBuf,
    },
    /// 忘了口令，用恢复码换一个；恢复码放在 YUANBA_RECOVERY_CODE 里
    Recover {
        /// 谁
        name: Option<String>,
    },
    /// 换届、移交：写一张清单，没办完的事交给接手的人，原来的人停用
    HandOver {
        /// 谁移交；不写就是自己
        #[arg(long)]
        from: Option<String>,
        /// 谁接手
        #[arg(long)]
        to: String,
        /// 监交人
        #[arg(long)]
        witness: Option<String>,
        /// 哪一天；不写就是今天
        #[arg(long)]
        on: Option<String>,
        /// 清单写到哪里，.xlsx
        #[arg(long)]
        out: PathBuf,
    },
    /// 办过的移交
    HandOvers,
    /// 停用一个人
    Close {
        /// 名字
        name: String,
    },
}

/// `practice …`
#[derive(Debug, Subcommand)]
pub enum Practice {
    /// 查一个文件夹里的做法有没有互相打架的
    Check {
        /// 哪个文件夹，里面和 assets 一样摆
        folder: PathBuf,
    },
    /// 看一个地方的做法
    Show {
        /// 哪个地方
        place: Option<String>,
    },
    /// 和程序自带的比一比
    Diff {
        /// 哪个文件夹
        folder: PathBuf,
    },
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// 几个村
    #[arg(long)]
    pub villages: Option<u32>,
    /// 一共多少党员
    #[arg(long)]
    pub members: Option<u32>,
    /// 过去几个月的事
    #[arg(long)]
    pub months: Option<u32>,
    /// 种子：一样的种子编出一样的人
    #[arg(long)]
    pub seed: Option<u64>,
    /// 有数据也添
    #[arg(long)]
    pub add: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Measure {
    /// 边打字边找人
    Search,
    /// 打开头几页
    Pages,
    /// 一个对的口令要多久，一个错的要多久
    Passphrase,
}

/// `clock …`
#[derive(Debug, Subcommand)]
pub enum Clock {
    /// 这台电脑的钟现在是对的
    Confirm,
}

/// `update …`
#[derive(Debug, Subcommand)]
pub enum Update {
    /// 做一对发布用的钥匙：私的那半写进文件，公的那半打印出来，添到 assets/updates/keys.toml
    Key {
        /// 私的那半写到哪里，不盖已有的
        file: PathBuf,
        /// 哪个单位的
        #[arg(long)]
        name: String,
        /// 从哪天起
        #[arg(long)]
        from: NaiveDate,
        /// 到哪天止
        #[arg(long)]
        until: NaiveDate,
    },
    /// 做一个升级包
    Make(Box<MakeUpdate>),
    /// 看一个升级包：是什么、谁签的、这台电脑装不装得上
    Look {
        /// 哪一个
        file: PathBuf,
        /// 照这份公钥的单子从头到尾核对，不管这台电脑
        #[arg(long)]
        keys: Option<PathBuf>,
    },
    /// 装一个升级包：做法包马上用上；程序核对好了交给电脑的安装程序
    Take {
        /// 哪一个
        file: PathBuf,
    },
}

/// `update make`
#[derive(Debug, Args)]
pub struct MakeUpdate {
    /// 私钥的文件
    #[arg(long)]
    pub key: PathBuf,
    /// 第几版，如 0.2.0
    #[arg(long)]
    pub version: Version,
    /// 改了什么，中文
    #[arg(long)]
    pub notes: String,
    /// 写到哪里；写文件夹就自己起名
    #[arg(long)]
    pub out: PathBuf,
    /// 做的是做法包：它的代号，各版不变，如 holidays-2027
    #[arg(long, requires = "title")]
    pub pack: Option<String>,
    /// 叫什么
    #[arg(long, default_value = "院坝升级")]
    pub title: String,
    /// 哪天做的
    #[arg(long)]
    pub built: NaiveDate,
    /// 程序至少要第几版才能装
    #[arg(long)]
    pub from_program: Option<Version>,
    /// 从第几版程序起就不用装了
    #[arg(long)]
    pub before_program: Option<Version>,
    /// 安装程序，或者 rules、practices 里的做法文件
    #[arg(required = true)]
    pub parts: Vec<PathBuf>,
}
